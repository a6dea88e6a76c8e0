"""The reporting service behind its API, on SQLite and the embedded bus; what the others say arrives on that bus."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from services.reporting.app import create_app, create_service
from shared.auth.accounts import Accounts
from shared.auth.database import open_accounts
from shared.bus.embedded import EmbeddedBus
from shared.bus.envelope import encode
from shared.bus.port import HEADS, Message, events_topic
from shared.eventstore import RawEvent
from shared.ids import new_id
from shared.service import Service
from shared.settings import Settings
from shared.testing.clock import FixedClock
from shared.testing.people import AGENCY, api_client, create_people, page_client

API = "/reporting/api/v1"
NOW = datetime(2021, 8, 2, 2, 0, tzinfo=UTC)
KACHI = (Path(__file__).parents[2] / "unit" / "reporting" / "kachi.yaml").read_text(encoding="utf-8")


def settings_in(directory: Path) -> Settings:
    return Settings(
        data=directory,
        host="127.0.0.1",
        port=9,
        public_url="http://localhost:9",
        master_keys={"k1": bytes(range(32))},
        hash_key=bytes(32),
        database_urls={},
        bus_partitions=2,
        session_hours=12,
        threads=1,
        log_level="WARNING",
        demo=False,
    )


def family(*person_ids: str, **changes: Any) -> list[dict[str, Any]]:
    """Family members who were present."""
    return [{"person_id": one, "role": "family_member", "status": "present", **changes} for one in person_ids]


@dataclass
class Others:
    """What the other services have stored; published by hand, in any order, and taken in at once."""

    service: Service
    bus: EmbeddedBus
    positions: dict[str, int] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    hold: bool = False
    held: list[tuple[str, RawEvent]] = field(default_factory=list)

    def store(
        self,
        source: str,
        kind: str,
        stream_id: str,
        *,
        agency: str = AGENCY,
        at: datetime | None = None,
        actor: str = "account-worker",
        **data: Any,
    ) -> RawEvent:
        """An event gets its position; it is published now, or waits while `hold` is set."""
        position = self.positions[source] = self.positions.get(source, 0) + 1
        version = self.versions[stream_id] = self.versions.get(stream_id, 0) + 1
        stored = RawEvent(
            position=position,
            stream_id=stream_id,
            version=version,
            event_id=f"{source}-event-{position}",
            type=kind,
            schema_version=1,
            occurred_at=at or NOW,
            recorded_at=at or NOW + timedelta(minutes=sum(self.positions.values())),
            actor=actor,
            agency_id=agency,
            correlation_id="request-elsewhere",
            causation_id=None,
            traceparent=None,
            data=json.dumps(data).encode(),
        )
        self.held.append((source, stored))
        if not self.hold:
            self.publish()
        return stored

    def publish(self, *order: tuple[str, RawEvent]) -> None:
        """Publish what is held, in the order given (by default as stored), and take it in."""
        for source, stored in order or tuple(self.held):
            self.bus.publish(events_topic(source), [Message(stored.stream_id, encode(source, stored))])
        self.held.clear()
        while self.service.intake.behind():
            self.service.intake.run_once(0.1)

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


@dataclass
class Client:
    """Somebody who uses the API: every request has a key of its own unless one is given."""

    client: FlaskClient

    def post(self, path: str, body: Any = None, *, version: int | None = None, **headers: str) -> TestResponse:
        return self.client.post(API + path, json=body, headers=self.headers(version, headers))

    def put(self, path: str, body: Any, *, version: int | None = None, **headers: str) -> TestResponse:
        return self.client.put(API + path, json=body, headers=self.headers(version, headers))

    def get(self, path: str, **query: Any) -> TestResponse:
        return self.client.get(API + path, query_string=query)

    def report(self, contract_id: str = "kachi-2", **query: Any) -> dict[str, Any]:
        answered = self.get(f"/contracts/{contract_id}/report", **query)
        assert answered.status_code == 200, answered.json
        return answered.json

    def figures(self, **query: Any) -> dict[str, Any]:
        """The actual figures by name, such as `output-1/sessions`."""
        return {f"{one['indicator']}/{one['measure']}": one["actual"] for one in self.report(**query)["outputs"]}

    @staticmethod
    def headers(version: int | None, more: dict[str, str]) -> dict[str, str]:
        given = {"Idempotency-Key": new_id("key"), **{name.replace("_", "-"): text for name, text in more.items()}}
        return given | ({} if version is None else {"If-Match": f'"{version}"'})


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with accounts and empty tables, copied for every test."""
    directory = tmp_path_factory.mktemp("reporting")
    settings = settings_in(directory)
    accounts, bus = open_accounts(settings), EmbeddedBus(directory / "bus.db")
    bus.ensure_topics([*(events_topic(name) for name in ("case", "groups", "outreach", "reporting")), HEADS], 2)
    create_people(accounts)
    create_service(settings, clock=FixedClock(NOW), accounts=accounts, bus=bus).database.dispose()
    bus.close()
    accounts.close()
    return directory


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2018, 5, 1, 2, 0, tzinfo=UTC))


@pytest.fixture
def bus(prepared: Path, tmp_path: Path) -> Iterator[EmbeddedBus]:
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    bus = EmbeddedBus(tmp_path / "bus.db")
    yield bus
    bus.close()


@pytest.fixture
def accounts(bus: EmbeddedBus, tmp_path: Path) -> Iterator[Accounts]:
    accounts = open_accounts(settings_in(tmp_path))
    yield accounts
    accounts.close()


@pytest.fixture
def service(bus: EmbeddedBus, accounts: Accounts, clock: FixedClock, tmp_path: Path) -> Iterator[Service]:
    service = create_service(settings_in(tmp_path), clock=clock, accounts=accounts, bus=bus)
    yield service
    service.intake.close()
    service.database.dispose()


@pytest.fixture
def app(service: Service) -> Flask:
    return create_app(service)


@pytest.fixture
def others(service: Service, bus: EmbeddedBus) -> Others:
    return Others(service, bus)


@pytest.fixture
def as_user(app: Flask, accounts: Accounts) -> Callable[[str], Client]:
    """The API as used by one of the accounts of `shared.testing.people`."""
    return lambda username: Client(api_client(app, accounts, username))


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


def field_codes(response: TestResponse) -> list[tuple[str, str]]:
    return [(one["path"], one["code"]) for one in response.json["fields"]]
