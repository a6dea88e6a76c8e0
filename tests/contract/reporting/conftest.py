"""The reporting service behind its API, on SQLite and the embedded bus; what the others say arrives on that bus."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from services.reporting import app as reporting
from services.reporting.submissions import heads
from shared.auth.accounts import Accounts
from shared.bus.embedded import EmbeddedBus
from shared.eventstore import RawEvent
from shared.service import Service
from shared.testing.clock import FixedClock
from shared.testing.people import AGENCY, api_client, page_client
from tests.one_service import Others as AllOthers
from tests.one_service import ServiceClient, accounts, app, bus, field_codes, prepared, service

__all__ = ["accounts", "app", "bus", "field_codes", "prepared", "service"]

NOW = datetime(2021, 8, 2, 2, 0, tzinfo=UTC)
KACHI = (Path(__file__).parents[2] / "unit" / "reporting" / "kachi.yaml").read_text(encoding="utf-8")


def family(*person_ids: str, **changes: Any) -> list[dict[str, Any]]:
    """Family members who were present."""
    return [{"person_id": one, "role": "family_member", "status": "present", **changes} for one in person_ids]


@dataclass
class Others(AllOthers):
    """What the other services have stored; published by hand, in any order, and taken in at once."""

    hold: bool = False
    held: list[tuple[str, RawEvent]] = field(default_factory=list)

    def store(
        self,
        source: str,
        kind: str,
        stream_id: str,
        /,
        *,
        agency: str = AGENCY,
        at: datetime | None = None,
        actor: str = "account-worker",
        **data: Any,
    ) -> RawEvent:
        """An event gets its position; it is published now, or waits while `hold` is set."""
        stored = replace(
            self.stored(source, kind, stream_id, agency, **data),
            occurred_at=at or NOW,
            recorded_at=at or NOW + timedelta(minutes=sum(self.positions.values())),
            actor=actor,
        )
        self.held.append((source, stored))
        if not self.hold:
            self.publish()
        return stored

    def publish(self, *order: tuple[str, RawEvent]) -> None:
        """Publish what is held, in the order given (by default as stored), and take it in."""
        for source, stored in order or tuple(self.held):
            self.send(source, stored)
        self.held.clear()
        self.take_in()

    def record(self, unit_id: str, people: list[dict[str, Any]], verb: str = "Recorded", **fields: Any) -> RawEvent:
        """A session, meeting or visit, or a correction of one (`verb`)."""
        options = {name: fields.pop(name) for name in ("agency", "at", "actor") if name in fields}
        unit = {
            "unit_id": unit_id,
            "kind": {"session": "case_session", "meeting": "group_meeting", "visit": "visit"}[
                unit_id.split("-", maxsplit=1)[0]
            ],
            "activity": "mutual_aid" if unit_id.startswith("meeting") else "follow_up",
            "occurred_on": "2019-03-04",
            "team_id": "team-west",
            "entered_by": "account-worker",
            "status": "held",
            "minutes": 60,
            "mode": "in_person",
            "setting": "centre",
            "segments": [{"contract_id": "kachi-2", "minutes": None}],
            "participants": people,
            **fields,
        }
        reason = {"reason": unit.pop("reason")} if "reason" in unit else {}
        return self.store(source_of(unit_id), f"ServiceUnit{verb}", unit_id, unit=unit, **reason, **options)

    def correct(self, unit_id: str, people: list[dict[str, Any]], **fields: Any) -> RawEvent:
        return self.record(unit_id, people, "Corrected", **{"reason": "attendance_wrong", **fields})

    def void(self, unit_id: str, **options: Any) -> RawEvent:
        data = {"unit_id": unit_id, "reason": "duplicate"}
        return self.store(source_of(unit_id), "ServiceUnitVoided", unit_id, **data, **options)

    def merge(self, person_id: str, into: str, **options: Any) -> RawEvent:
        data = {"person_id": person_id, "into": into, "merge_id": f"merge-{person_id}-{into}", "reason": "duplicate"}
        return self.store("case", "PersonMergedInto", person_id, **data, **options)

    def unmerge(self, person_id: str, into: str, **options: Any) -> RawEvent:
        data = {"person_id": person_id, "from_person": into, "merge_id": f"merge-{person_id}-{into}"}
        return self.store("case", "PersonUnmerged", person_id, **data, **options)

    def assess(self, assessment_id: str, person_id: str, phase: str, day: str, total: int, **changes: Any) -> RawEvent:
        data = {
            "assessment_id": assessment_id,
            "person_id": person_id,
            "instrument": "phq9",
            "phase": phase,
            "assessed_on": day,
            "total": total,
            "contract_id": "kachi-2",
            "team_id": "team-west",
            **changes,
        }
        return self.store("case", "AssessmentRecorded", assessment_id, **data)


def source_of(unit_id: str) -> str:
    return {"session": "case", "meeting": "groups", "visit": "outreach"}[unit_id.split("-", maxsplit=1)[0]]


class Client(ServiceClient):
    """Somebody who uses the API of reporting."""

    def report(self, contract_id: str = "kachi-2", **query: Any) -> dict[str, Any]:
        answered = self.get(f"/contracts/{contract_id}/report", **query)
        assert answered.status_code == 200, answered.json
        return answered.json

    def figures(self, **query: Any) -> dict[str, Any]:
        """The actual figures by name, such as `output-1/sessions`."""
        return {f"{one['indicator']}/{one['measure']}": one["actual"] for one in self.report(**query)["outputs"]}


@pytest.fixture(scope="session")
def composition() -> ModuleType:
    return reporting


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2018, 5, 1, 2, 0, tzinfo=UTC))


@pytest.fixture
def others(service: Service, bus: EmbeddedBus) -> Others:
    return Others(service, bus)


@pytest.fixture
def as_user(app: Flask, accounts: Accounts) -> Callable[[str], Client]:
    """The API as used by one of the accounts of `shared.testing.people`."""
    return lambda username: Client(api_client(app, accounts, username), "/reporting/api/v1")


@pytest.fixture
def leader(as_user: Callable[[str], Client], clock: FixedClock) -> Client:
    """The team leader, who has registered the contract before it began; then years go by."""
    leader = as_user("leader")
    assert leader.post("/contracts", {"yaml": KACHI}).status_code == 201
    clock.moment = NOW
    return as_user("leader")


@pytest.fixture
def browser(app: Flask, accounts: Accounts, leader: Client) -> FlaskClient:
    """The leader's browser."""
    return page_client(app, accounts, "leader")


@pytest.fixture
def heads_of_others(monkeypatch: pytest.MonkeyPatch, others: Others) -> dict[str, int]:
    """How far the others' stores reach, as they answer; here no other service is served."""
    ahead = {"case": 0, "groups": 0, "outreach": 0}

    def ask(path: str, _: dict[str, Any]) -> dict[str, Any] | None:
        source = path.split("/")[1]
        if ahead[source] < 0:
            return None
        return {"position": others.positions.get(source, 0) + ahead[source]}

    monkeypatch.setattr(heads, "ask", ask)
    monkeypatch.setattr(heads, "_SECONDS", 0.01)
    return ahead


@dataclass
class Periods:
    """The reporting periods of the contract, as a leader works on them."""

    leader: Client

    def items(self) -> dict[str, dict[str, Any]]:
        return {one["to"]: one for one in self.leader.get("/contracts/kachi-2/periods").json["items"]}

    def post(self, last_day: str, path: str, body: Any = None) -> TestResponse:
        version = self.items()[last_day]["version"]
        return self.leader.post(f"/contracts/kachi-2/periods/{last_day}/{path}", body, version=version)

    def lock(self, last_day: str) -> None:
        answered = self.post(last_day, "lock")
        assert answered.status_code == 200, answered.json

    def submit(self, last_day: str) -> dict[str, Any]:
        answered = self.post(last_day, "reports")
        assert answered.status_code == 201, answered.json
        return answered.json["document"]

    def report(self, last_day: str) -> dict[str, Any]:
        """Lock and submit."""
        self.lock(last_day)
        return self.submit(last_day)

    def draft(self, last_day: str, narrative: dict[str, str]) -> TestResponse:
        version = self.items()[last_day]["version"]
        path = f"/contracts/kachi-2/periods/{last_day}/draft"
        return self.leader.put(path, {"narrative": narrative}, version=version)

    def verified(self, last_day: str, number: int = 1) -> list[str]:
        path = f"/contracts/kachi-2/periods/{last_day}/reports/{number}/verification"
        return self.leader.get(path).json["differences"]

    def late(self, last_day: str) -> list[dict[str, Any]]:
        return self.leader.get(f"/contracts/kachi-2/periods/{last_day}/late").json["items"]

    def confirm(self, last_day: str, reason: str = "leave") -> None:
        event_ids = [one["event_id"] for one in self.late(last_day)]
        answered = self.post(last_day, "late", {"event_ids": event_ids, "reason": reason})
        assert answered.status_code == 200, answered.json


@pytest.fixture
def periods(leader: Client, heads_of_others: dict[str, int]) -> Periods:
    return Periods(leader)
