"""What runs and fills an installation: the demo, and later the container files beside it."""
