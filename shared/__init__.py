"""Mechanism that two or more services use: storage, transport, security, the page shell, and one kernel."""
