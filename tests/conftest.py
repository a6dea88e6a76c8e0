"""Fixtures that every level may use."""

from hypothesis import settings

pytest_plugins = ["shared.testing.plugin", "tests.running_stack"]

# How long an example takes says nothing on a busy machine.
settings.register_profile("caseledger", deadline=None)
settings.load_profile("caseledger")
