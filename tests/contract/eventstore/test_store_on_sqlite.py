"""The event store's behaviour on SQLite."""

from pathlib import Path

import pytest

from shared.testing.store_order_suite import StoreOrderSuite
from shared.testing.store_suite import StoreSuite


class SqliteUrl:
    @pytest.fixture
    def url(self, tmp_path: Path) -> str:
        return f"sqlite:///{tmp_path / 'books.db'}"


class TestStoreOnSqlite(SqliteUrl, StoreSuite):
    """One process, one store."""


class TestStoreOrderOnSqlite(SqliteUrl, StoreOrderSuite):
    """Many writers."""
