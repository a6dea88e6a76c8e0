"""What this service does when a person is erased, and the notes that somebody then has to look at."""
