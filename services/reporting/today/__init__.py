"""Home: what somebody has before them today, as the services say it, and how the contracts stand."""
