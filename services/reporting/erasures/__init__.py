"""Erasures: this service holds no key of any person, and says so when one is erased."""
