"""What an operator does to an installation beside its running services: publish again, retry, back up, restore."""
