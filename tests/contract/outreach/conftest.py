"""The outreach service behind its API; see `tests.one_service`."""

from types import ModuleType
from typing import Any

import pytest
from werkzeug.test import TestResponse

from services.outreach import app as outreach
from shared.bus.embedded import EmbeddedBus
from shared.service import Service
from shared.testing.people import TEAM
from tests.one_service import Others as AllOthers
from tests.one_service import ServiceClient as Client
from tests.one_service import accounts, app, as_user, browser, bus, clock, field_codes, prepared, service, worker

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
    "prepared",
    "service",
    "worker",
]


class Others(AllOthers):
    """What the other services publish, cases included."""

    def case(self, case_id: str = "case-1", *, opened: str | None = "2026-02-01", closed: str | None = None) -> str:
        """A case of the team, opened and closed on these days."""
        common = {"case_id": case_id, "case_number": "A-1", "team_id": TEAM, "contract_id": None}
        members = [{"person_id": "person-000", "relationship": "self", "from_date": "2026-02-01", "to_date": None}]
        self.publish("case", "CaseRegistered", case_id, kind="person", members=members, **common)
        for kind, day in (("CaseOpened", opened), ("CaseClosed", closed)):
            if day is not None:
                self.publish("case", kind, case_id, on=day, **common)
        return case_id


@pytest.fixture(scope="session")
def composition() -> ModuleType:
    return outreach


@pytest.fixture
def others(service: Service, bus: EmbeddedBus) -> Others:
    return Others(service, bus)


@pytest.fixture
def token(worker: Client) -> str:
    """A contact met before, who belongs to a target group."""
    return a_contact(worker, target_groups=["hidden"])


def a_visit(*people: Any, **more: Any) -> dict[str, Any]:
    """An outreach visit; a person is an id, or a participant in full."""
    named = [{"person_id": one, "role": "drug_user"} if isinstance(one, str) else one for one in people]
    return {"occurred_on": "2026-05-20", "starts_at": "20:00", "minutes": 90, "participants": named, **more}


def a_contact(worker: Client, alias: str = "阿強", **more: Any) -> str:
    """The id of a contact just made."""
    made = worker.post("/contacts", {"alias": alias, **more})
    assert made.status_code == 201, made.json
    return str(made.json["contact_id"])


def codes(response: TestResponse) -> list[str]:
    return [one["code"] for one in response.json["warnings"]]
