"""What a worker of outreach has before them today."""
