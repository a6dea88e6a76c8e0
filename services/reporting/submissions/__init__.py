"""Reporting periods: locked, reported to the funder, and what arrives late for them."""
