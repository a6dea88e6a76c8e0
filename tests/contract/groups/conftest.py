"""The groups service behind its API; see `tests.one_service`."""

from types import ModuleType
from typing import Any

import pytest

from services.groups import app as groups
from tests.one_service import (
    Others,
    accounts,
    app,
    as_user,
    browser,
    bus,
    clock,
    field_codes,
    others,
    prepared,
    service,
    worker,
)
from tests.one_service import ServiceClient as Client

__all__ = [
    "Client",
    "Others",
    "accounts",
    "app",
    "as_user",
    "browser",
    "bus",
    "clock",
    "field_codes",
    "others",
    "prepared",
    "service",
    "worker",
]


@pytest.fixture(scope="session")
def composition() -> ModuleType:
    return groups


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
