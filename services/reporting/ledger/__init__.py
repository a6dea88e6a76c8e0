"""The ledger: what the other services' events say that counts, as rows born and dead at positions."""
