"""One service behind its API, on SQLite and the embedded bus; what it knows of others arrives on that bus.

A `conftest.py` says which service (`composition`, its composition root) and imports the fixtures it uses.
"""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from shared.auth.accounts import Accounts
from shared.auth.database import open_accounts
from shared.bus.embedded import EmbeddedBus
from shared.bus.envelope import encode
from shared.bus.port import HEADS, Message, events_topic
from shared.clock import Clock
from shared.eventstore import RawEvent
from shared.ids import new_id
from shared.service import Service
from shared.settings import SERVICES, Settings
from shared.testing.apps import app_of
from shared.testing.clock import FixedClock
from shared.testing.people import AGENCY, TEAM, api_client, create_people, page_client
from shared.testing.settings import settings_in

NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)


@contextmanager
def bus_in(directory: Path) -> Iterator[EmbeddedBus]:
    """The bus of all services in `directory`."""
    bus = EmbeddedBus(directory / "bus.db")
    bus.ensure_topics([*map(events_topic, SERVICES), HEADS], 2)
    yield bus
    bus.close()


@contextmanager
def opened(
    composition: ModuleType, settings: Settings, accounts: Accounts, bus: EmbeddedBus, clock: Clock | None = None
) -> Iterator[Service]:
    """The service of a composition root, closed in the end."""
    service: Service = composition.create_service(settings, clock=clock or FixedClock(NOW), accounts=accounts, bus=bus)
    yield service
    service.intake.close()
    service.database.dispose()


@dataclass
class Others:
    """What the other services publish, taken in by the service at once."""

    service: Service
    bus: EmbeddedBus
    positions: dict[str, int] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)

    def publish(self, source: str, kind: str, stream_id: str, agency: str = AGENCY, /, **data: Any) -> None:
        """Publish the next event of `source`, and take it in."""
        self.send(source, self.stored(source, kind, stream_id, agency, **data))
        self.take_in()

    def stored(self, source: str, kind: str, stream_id: str, agency: str = AGENCY, /, **data: Any) -> RawEvent:
        """An event as `source` has stored it, with its position and version."""
        position = self.positions[source] = self.positions.get(source, 0) + 1
        version = self.versions[stream_id] = self.versions.get(stream_id, 0) + 1
        return RawEvent(
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

    def send(self, source: str, stored: RawEvent) -> None:
        self.bus.publish(events_topic(source), [Message(stored.stream_id, encode(source, stored))])

    def take_in(self) -> None:
        while self.service.intake.behind():
            self.service.intake.run_once(0.1)

    def person(self, person_id: str, *, agency: str = AGENCY, team: str = TEAM, **groups: str) -> str:
        """Somebody case has registered; `groups` are target groups with the day they begin."""
        self.publish("case", "PersonRegistered", person_id, agency, person_id=person_id, team_id=team)
        for target_group, day in groups.items():
            given = {"person_id": person_id, "target_group": target_group, "from_date": day}
            self.publish("case", "TargetGroupGiven", person_id, agency, **given)
        return person_id

    def people(self, count: int) -> list[str]:
        return [self.person(f"person-{number:03}") for number in range(count)]

    def contract(
        self, contract_id: str = "kachi-2", first: str = "2026-01-01", last: str = "2026-12-31", agency: str = AGENCY
    ) -> str:
        """A contract that reporting has registered."""
        data = {"contract_id": contract_id, "period": {"from": first, "to": last}, "title": {"en": contract_id}}
        self.publish("reporting", "ContractRegistered", f"contract-{agency}-{contract_id}", agency, **data)
        return contract_id


@dataclass
class ServiceClient:
    """Somebody who uses the API of one service: every request has a key of its own unless one is given."""

    client: FlaskClient
    api: str

    def post(self, path: str, body: Any = None, *, version: int | None = None, **headers: str) -> TestResponse:
        return self.client.post(self.api + path, json=body, headers=self.headers(version, headers))

    def put(self, path: str, body: Any, *, version: int | None = None, **headers: str) -> TestResponse:
        return self.client.put(self.api + path, json=body, headers=self.headers(version, headers))

    def get(self, path: str, **query: Any) -> TestResponse:
        return self.client.get(self.api + path, query_string=query)

    @staticmethod
    def headers(version: int | None, more: Mapping[str, str]) -> dict[str, str]:
        """The headers of a change; one given as empty is left out."""
        given = {"Idempotency-Key": new_id("key"), **{name.replace("_", "-"): text for name, text in more.items()}}
        return {name: text for name, text in given.items() if text} | (
            {} if version is None else {"If-Match": f'"{version}"'}
        )


def field_codes(response: TestResponse) -> list[tuple[str, str]]:
    """The paths of the wrong fields that a problem names, and what is wrong with each."""
    return [(one["path"], one["code"]) for one in response.json["fields"]]


@pytest.fixture(scope="session")
def prepared(composition: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with accounts and empty tables, copied for every test."""
    directory = tmp_path_factory.mktemp(composition.NAME)
    settings = settings_in(directory)
    accounts = open_accounts(settings)
    create_people(accounts)
    with bus_in(directory) as bus, opened(composition, settings, accounts, bus):
        pass
    accounts.close()
    return directory


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def bus(prepared: Path, tmp_path: Path) -> Iterator[EmbeddedBus]:
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    with bus_in(tmp_path) as bus:
        yield bus


@pytest.fixture
def accounts(bus: EmbeddedBus, tmp_path: Path) -> Iterator[Accounts]:
    accounts = open_accounts(settings_in(tmp_path))
    yield accounts
    accounts.close()


@pytest.fixture
def service(
    composition: ModuleType, bus: EmbeddedBus, accounts: Accounts, clock: FixedClock, tmp_path: Path
) -> Iterator[Service]:
    with opened(composition, settings_in(tmp_path), accounts, bus, clock) as service:
        yield service


@pytest.fixture
def app(composition: ModuleType, service: Service) -> Flask:
    return app_of(composition, service)


@pytest.fixture
def browser(app: Flask, accounts: Accounts) -> FlaskClient:
    """The worker's browser."""
    return page_client(app, accounts, "worker")


@pytest.fixture
def others(service: Service, bus: EmbeddedBus) -> Others:
    return Others(service, bus)


@pytest.fixture
def as_user(app: Flask, accounts: Accounts, composition: ModuleType) -> Callable[[str], ServiceClient]:
    """The API as used by one of the accounts of `shared.testing.people`."""
    return lambda username: ServiceClient(api_client(app, accounts, username), f"/{composition.NAME}/api/v1")


@pytest.fixture
def worker(as_user: Callable[[str], ServiceClient]) -> ServiceClient:
    return as_user("worker")
