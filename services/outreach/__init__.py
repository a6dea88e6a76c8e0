"""Outreach and home visits, and the contacts met on them, also those with no name yet."""
