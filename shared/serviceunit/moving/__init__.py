"""Moving entries that were booked under the wrong contract, as every recording service does it for its own."""
