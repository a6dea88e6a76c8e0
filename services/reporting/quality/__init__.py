"""What is doubtful or missing in what was recorded: one rule each, with whose it is to put right and where."""
