"""One service on PostgreSQL behind its API, and accounts that let something happen in the middle of a command."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from shared.auth.accounts import Account, Accounts
from shared.auth.database import open_accounts
from shared.bus.embedded import EmbeddedBus
from shared.database import Database
from shared.service import Service
from shared.testing.people import create_people
from shared.testing.settings import settings_in
from tests.one_service import app, bus_in, opened

__all__ = ["Interrupted", "accounts", "app", "bus", "service"]


class Interrupted(Accounts):
    """Accounts whose list is asked for in the middle of a command, when something else happens as well."""

    meanwhile: Callable[[], None] | None = None

    def list_accounts(self, agency_id: str) -> list[Account]:
        happening, self.meanwhile = self.meanwhile, None
        if happening is not None:
            happening()
        return super().list_accounts(agency_id)


@pytest.fixture
def accounts(tmp_path: Path) -> Iterator[Interrupted]:
    settings = settings_in(tmp_path)
    made = open_accounts(settings)
    create_people(made)
    made.close()
    accounts = Interrupted(Database(settings.database_url("auth")), hash_key=settings.hash_key, session_hours=12)
    yield accounts
    accounts.close()


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[EmbeddedBus]:
    with bus_in(tmp_path) as bus:
        yield bus


@pytest.fixture
def service(
    composition: ModuleType, tmp_path: Path, postgres_database: str, accounts: Interrupted, bus: EmbeddedBus
) -> Iterator[Service]:
    settings = settings_in(tmp_path, database_urls={composition.NAME: postgres_database})
    with opened(composition, settings, accounts, bus) as service:
        yield service
