"""Assessments of a person before and after, and questionnaires that nobody signs."""
