"""Handing over what somebody has planned, as every recording service does it for its own entries."""
