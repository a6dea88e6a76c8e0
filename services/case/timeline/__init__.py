"""The timeline of a case: its own steps, its sessions and assessments, and the meetings and visits of others."""
