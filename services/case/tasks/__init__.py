"""Tasks for the same day: a risk that an answer speaks of, a concern for a child; each with its chain."""
