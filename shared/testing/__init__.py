"""Behaviour suites and fixtures that several test levels share; never imported by the product."""
