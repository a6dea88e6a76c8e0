"""Meetings of groups and events for the sector, each recorded with its whole attendance."""
