"""Fixtures that every level may use."""

pytest_plugins = ["shared.testing.plugin"]
