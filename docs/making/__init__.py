"""What of the documentation is made from the code, so that it cannot rot: `make docs` writes it, a test compares it."""
