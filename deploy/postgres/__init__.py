"""PostgreSQL: one server from the machine's own binaries, and the roles and databases of an installation in containers."""
