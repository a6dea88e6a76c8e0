"""What this service knows of registered people: ids, dated codes, merges and erasures, never a name."""
