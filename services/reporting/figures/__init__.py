"""Figures as people read them: reports, what stands behind each figure, and what moved it."""
