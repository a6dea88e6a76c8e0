"""The versions of the groups database."""
