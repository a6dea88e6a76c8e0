"""The revisions of the case database."""
