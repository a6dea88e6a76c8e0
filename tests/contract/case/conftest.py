"""The case service behind its API, on SQLite and the embedded bus; what it knows of others arrives on that bus."""

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

from services.case.app import create_app, create_service
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
from shared.testing.people import AGENCY, OTHER_AGENCY, api_client, create_people, page_client

API = "/case/api/v1"
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
    """What the other services publish, taken in by the case service at once."""

    service: Service
    bus: EmbeddedBus
    positions: dict[str, int] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)

    def publish(self, source: str, kind: str, stream_id: str, agency: str = AGENCY, **data: Any) -> None:
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

    def contract(
        self,
        contract_id: str = "kachi-2",
        first: str = "2026-01-01",
        last: str = "2026-12-31",
        agency: str = AGENCY,
    ) -> str:
        data = {"contract_id": contract_id, "period": {"from": first, "to": last}, "title": {"en": contract_id}}
        self.publish("reporting", "ContractRegistered", f"contract-{agency}-{contract_id}", agency, **data)
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
    directory = tmp_path_factory.mktemp("case")
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
def leader(as_user: Callable[[str], Client]) -> Client:
    return as_user("leader")


@pytest.fixture
def browser(app: Flask, accounts: Accounts) -> FlaskClient:
    """The worker's browser."""
    return page_client(app, accounts, "worker")


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


def field_codes(response: TestResponse) -> list[tuple[str, str]]:
    return [(one["path"], one["code"]) for one in response.json["fields"]]
