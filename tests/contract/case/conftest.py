"""The case service behind its API; see `tests.one_service`."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from services.case import app as case
from shared.testing.people import OTHER_AGENCY
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

API = "/case/api/v1"


@pytest.fixture(scope="session")
def composition() -> ModuleType:
    return case


@pytest.fixture
def leader(as_user: Callable[[str], Client]) -> Client:
    return as_user("leader")


MOTHER, SON = "person-mother", "person-son"
CASE = "case-chan"


@pytest.fixture
def family(worker: Client, others: Others) -> str:
    """The Chan family: a mother, and a son who uses drugs; the case is open under kachi-2 since 2 March."""
    others.contract()
    others.contract("other", first="2026-01-01", last="2026-12-31")
    others.contract("foreign", agency=OTHER_AGENCY)
    add_person(worker, MOTHER, name_zh="陳美玲", roles=[{"role": "family_member", "from_date": "2026-03-01"}])
    add_person(worker, SON, alias="阿明", target_groups=[{"target_group": "hidden", "from_date": "2026-03-01"}])
    body = {
        "id": CASE,
        "kind": "family",
        "contract_id": "kachi-2",
        "stage": "open",
        "on": "2026-03-02",
        "worker_id": "account-worker",
        "members": [
            {"person_id": MOTHER, "relationship": "mother"},
            {"person_id": SON, "relationship": "son"},
        ],
    }
    assert worker.post("/cases", body).status_code == 201
    return CASE


def add_person(client: Client, person_id: str, **more: Any) -> dict[str, Any]:
    names = {} if {"name_zh", "name_en", "alias"} & set(more) else {"alias": person_id}
    response = client.post("/people", {"id": person_id, **names, **more})
    assert response.status_code == 201, response.json
    answered: dict[str, Any] = response.json
    return answered


def a_session(*people: Any, **more: Any) -> dict[str, Any]:
    """A session of the Chan family; a person is an id of a family member, or a participant in full."""
    named = [{"person_id": one, "role": "family_member"} if isinstance(one, str) else one for one in people]
    return {"case_id": CASE, "occurred_on": "2026-03-09", "minutes": 60, "participants": named, **more}
