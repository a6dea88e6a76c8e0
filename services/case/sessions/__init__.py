"""Casework sessions and interdisciplinary support sessions."""
