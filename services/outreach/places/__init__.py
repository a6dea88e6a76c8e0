"""Places where the teams go; the name of a place is sealed, its district is not."""
