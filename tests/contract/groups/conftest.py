"""The groups service behind its API; see `tests.one_service`."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from flask import Flask

from services.groups import app as groups
from shared.auth.accounts import Accounts
from shared.bus.embedded import EmbeddedBus
from shared.service import Service
from shared.testing.people import api_client
from tests.one_service import Others, ServiceClient, accounts, app, browser, bus, clock, field_codes, prepared, service

__all__ = ["Client", "Others", "accounts", "app", "browser", "bus", "clock", "field_codes", "prepared", "service"]


class Client(ServiceClient):
    """Somebody who uses the API of groups."""

    api = "/groups/api/v1"


@pytest.fixture(scope="session")
def composition() -> ModuleType:
    return groups


@pytest.fixture
def others(service: Service, bus: EmbeddedBus) -> Others:
    return Others(service, bus)


@pytest.fixture
def as_user(app: Flask, accounts: Accounts) -> Callable[[str], Client]:
    """The API as used by one of the accounts of `shared.testing.people`."""
    return lambda username: Client(api_client(app, accounts, username))


@pytest.fixture
def worker(as_user: Callable[[str], Client]) -> Client:
    return as_user("worker")


@pytest.fixture
def circle(worker: Client, others: Others) -> str:
    """An open group of three members: person-000, person-001 and person-002."""
    others.contract()
    people = others.people(3)
    plan = {"id": "group-circle", "title": "家人互助小組", "activity": "mutual_aid", "from_date": "2026-03-02"}
    assert worker.post("/groups", {**plan, "contract_id": "kachi-2"}).status_code == 201
    assert worker.post("/groups/group-circle/open", {"on": "2026-03-02"}, version=1).status_code == 200
    for version, person_id in enumerate(people, start=2):
        member = {"person_id": person_id, "role": "family_member", "from_date": "2026-03-02"}
        assert worker.post("/groups/group-circle/members", member, version=version).status_code == 201
    return "group-circle"


def a_meeting(*people: Any, **more: Any) -> dict[str, Any]:
    """A meeting of the circle; a person is an id, or a participant in full."""
    named = [{"person_id": one, "role": "family_member"} if isinstance(one, str) else one for one in people]
    return {"group_id": "group-circle", "occurred_on": "2026-03-09", "participants": named, **more}
