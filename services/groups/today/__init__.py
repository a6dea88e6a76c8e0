"""What a worker of groups has before them today."""
