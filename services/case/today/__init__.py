"""What a worker of cases has before them today."""
