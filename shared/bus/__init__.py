"""The bus: how services hear of each other's events (see README.md)."""
