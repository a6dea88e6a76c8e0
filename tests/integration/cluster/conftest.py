"""The fixture of the tests with real processes."""

from tests.integration.cluster.running import cluster

__all__ = ["cluster"]
