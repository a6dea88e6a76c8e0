"""A group or activity: planned, opened, ended, with its members by date."""
