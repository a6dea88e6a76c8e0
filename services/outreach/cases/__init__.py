"""What this service knows of cases: when they were open, and who belongs to them."""
