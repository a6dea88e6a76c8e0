"""The steps of this service's database, oldest first."""
