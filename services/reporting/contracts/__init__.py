"""Contracts: what was agreed with a funder, as versioned documents."""
