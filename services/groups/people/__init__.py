"""What this service knows of service users: ids, dated codes, merges and erasures, never a name."""
