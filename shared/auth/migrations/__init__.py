"""The versions of the `auth` database."""
