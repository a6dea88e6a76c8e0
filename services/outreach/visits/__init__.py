"""Outreach, home and online visits: each one occasion, with several contacts met or missed."""
