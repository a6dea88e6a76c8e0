"""PostgreSQL from the machine's own binaries."""
