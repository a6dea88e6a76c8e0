"""The outreach service behind its API, on SQLite and the embedded bus; what it knows of others arrives on that bus."""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from services.outreach.app import create_app, create_service
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
from shared.testing.people import AGENCY, TEAM, api_client, create_people, page_client

API = "/outreach/api/v1"
NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)


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


@dataclass
class Others:
    """What the other services publish, taken in by the outreach service at once."""

    service: Service
    bus: EmbeddedBus
    positions: dict[str, int] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)

    def publish(self, source: str, kind: str, stream_id: str, agency: str = AGENCY, /, **data: Any) -> None:
        position = self.positions[source] = self.positions.get(source, 0) + 1
        version = self.versions[stream_id] = self.versions.get(stream_id, 0) + 1
        stored = RawEvent(
            position=position,
            stream_id=stream_id,
            version=version,
            event_id=f"{source}-event-{position}",
            type=kind,
            schema_version=1,
            occurred_at=NOW,
            recorded_at=NOW,
            actor="account-worker",
            agency_id=agency,
            correlation_id="request-elsewhere",
            causation_id=None,
            traceparent=None,
            data=json.dumps(data).encode(),
        )
        self.bus.publish(events_topic(source), [Message(stream_id, encode(source, stored))])
        while self.service.intake.behind():
            self.service.intake.run_once(0.1)

    def person(self, person_id: str, *, agency: str = AGENCY, team: str = TEAM, **groups: str) -> str:
        """Somebody case has registered; `groups` are target groups with the day they begin."""
        self.publish("case", "PersonRegistered", person_id, agency, person_id=person_id, team_id=team)
        for target_group, day in groups.items():
            given = {"person_id": person_id, "target_group": target_group, "from_date": day}
            self.publish("case", "TargetGroupGiven", person_id, agency, **given)
        return person_id

    def case(self, case_id: str = "case-1", *, opened: str | None = "2026-02-01", closed: str | None = None) -> str:
        """A case of the team, opened and closed on these days."""
        common = {"case_id": case_id, "case_number": "A-1", "team_id": TEAM, "contract_id": None}
        members = [{"person_id": "person-000", "relationship": "self", "from_date": "2026-02-01", "to_date": None}]
        self.publish("case", "CaseRegistered", case_id, kind="person", members=members, **common)
        for kind, day in (("CaseOpened", opened), ("CaseClosed", closed)):
            if day is not None:
                self.publish("case", kind, case_id, on=day, **common)
        return case_id

    def people(self, count: int) -> list[str]:
        return [self.person(f"person-{number:03}") for number in range(count)]

    def contract(self, contract_id: str = "kachi-2", first: str = "2026-01-01", last: str = "2026-12-31") -> str:
        data = {"contract_id": contract_id, "period": {"from": first, "to": last}, "title": {"en": contract_id}}
        self.publish("reporting", "ContractRegistered", f"contract-{AGENCY}-{contract_id}", **data)
        return contract_id


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

    @staticmethod
    def headers(version: int | None, more: Mapping[str, str]) -> dict[str, str]:
        given = {"Idempotency-Key": new_id("key"), **{name.replace("_", "-"): text for name, text in more.items()}}
        return {name: text for name, text in given.items() if text} | (
            {} if version is None else {"If-Match": f'"{version}"'}
        )


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with accounts and empty tables, copied for every test."""
    directory = tmp_path_factory.mktemp("outreach")
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
    return FixedClock(NOW)


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
def worker(as_user: Callable[[str], Client]) -> Client:
    return as_user("worker")


@pytest.fixture
def browser(app: Flask, accounts: Accounts) -> FlaskClient:
    """The worker's browser."""
    return page_client(app, accounts, "worker")


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


def field_codes(response: TestResponse) -> list[tuple[str, str]]:
    return [(one["path"], one["code"]) for one in response.json["fields"]]
