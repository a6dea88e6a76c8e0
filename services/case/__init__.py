"""The case service: people and their names, cases, sessions, assessments."""
