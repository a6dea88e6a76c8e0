"""The event store's behaviour on PostgreSQL."""

import pytest

from shared.testing.store_order_suite import StoreOrderSuite
from shared.testing.store_suite import StoreSuite


class PostgresUrl:
    @pytest.fixture
    def url(self, postgres_database: str) -> str:
        return postgres_database


@pytest.mark.postgres
class TestStoreOnPostgres(PostgresUrl, StoreSuite):
    """One process, one store."""


@pytest.mark.postgres
class TestStoreOrderOnPostgres(PostgresUrl, StoreOrderSuite):
    """Many writers."""
