"""Reporting: contracts, the ledger of what was done, and every figure counted from it."""
