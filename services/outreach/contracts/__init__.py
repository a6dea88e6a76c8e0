"""What this service knows of contracts: that they exist, and their period."""
