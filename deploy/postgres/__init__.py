"""PostgreSQL: a server from the machine's own binaries; roles and databases of an installation in containers."""
