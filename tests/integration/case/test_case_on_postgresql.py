"""The case service on PostgreSQL: the same flow as on SQLite, and what only a database of many writers can show."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from services.case.app import create_app, create_service
from services.case.tables import PROJECTED
from shared.auth.accounts import Account, Accounts
from shared.auth.database import open_accounts
from shared.bus.embedded import EmbeddedBus
from shared.bus.port import HEADS, events_topic
from shared.database import Database
from shared.service import Service
from shared.testing.clock import FixedClock
from shared.testing.migrations import assert_no_drift
from shared.testing.people import api_client, create_people
from tests.contract.case.conftest import (
    CASE,
    MOTHER,
    NOW,
    SON,
    Client,
    Others,
    a_session,
    add_person,
    settings_in,
)

pytestmark = pytest.mark.postgres


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
    opened = open_accounts(settings)
    create_people(opened)
    opened.close()
    accounts = Interrupted(Database(settings.database_url("auth")), hash_key=settings.hash_key, session_hours=12)
    yield accounts
    accounts.close()


@pytest.fixture
def service(tmp_path: Path, postgres_database: str, accounts: Interrupted) -> Iterator[Service]:
    bus = EmbeddedBus(tmp_path / "bus.db")
    bus.ensure_topics([*(events_topic(name) for name in ("case", "groups", "outreach", "reporting")), HEADS], 2)
    settings = replace(settings_in(tmp_path), database_urls={"case": postgres_database})
    service = create_service(settings, clock=FixedClock(NOW), accounts=accounts, bus=bus)
    others = Others(service, bus)
    others.contract()
    others.contract("other")
    yield service
    service.intake.close()
    service.database.dispose()
    bus.close()


@pytest.fixture
def worker(service: Service, accounts: Interrupted) -> Client:
    worker = Client(api_client(create_app(service), accounts, "worker"))
    add_person(worker, MOTHER, name_zh="陳美玲")
    add_person(worker, SON, alias="阿明", target_groups=[{"target_group": "hidden", "from_date": "2026-03-01"}])
    members = [{"person_id": one, "relationship": "other"} for one in (MOTHER, SON)]
    case = {"id": CASE, "kind": "family", "contract_id": "kachi-2", "stage": "open", "on": "2026-03-02"}
    assert worker.post("/cases", {**case, "members": members}).status_code == 201
    return worker


def test_people_cases_sessions_and_assessments_are_written_searched_and_listed(
    worker: Client, service: Service, accounts: Interrupted
) -> None:
    leader = Client(api_client(create_app(service), accounts, "leader"))
    assert [one["person_id"] for one in worker.get("/people", q="美玲").json["items"]] == [MOTHER]
    first = worker.post("/sessions", a_session(MOTHER, SON, note="二人同來"))
    assert first.json["participants"][1]["target_groups"] == ["hidden"]
    path = f"/sessions/{first.json['session_id']}"
    assert worker.put(path, a_session(MOTHER, minutes=30, reason="attendance_wrong"), version=1).status_code == 200
    worker.post("/sessions", a_session(SON, occurred_on="2026-03-10", note="談及工作"))
    page = worker.get("/sessions", limit=1).json
    assert [one["occurred_on"] for one in worker.get("/sessions", after=page["next"]).json["items"]] == ["2026-03-09"]
    phq9 = {"person_id": MOTHER, "instrument": "phq9", "phase": "pre", "assessed_on": "2026-03-10"}
    assert worker.post("/assessments", {**phq9, "contract_id": "kachi-2", "answers": [1] * 9}).json["total"] == 9
    assert len(worker.get("/assessments", person_id=MOTHER).json["items"]) == 1
    add_person(worker, "person-twin")
    merge = {"into": SON, "into_version": 2}
    assert leader.post("/people/person-twin/merge", merge, version=1).status_code == 200
    assert leader.post(f"/people/{SON}/erase", {}, version=3).status_code == 200
    assert len(worker.get(f"/cases/{CASE}/timeline").json["items"]) == 4
    assert worker.get("/sessions", person_id=SON).json["items"][0]["has_note"] is False


def test_a_session_is_held_to_the_case_it_has_read(worker: Client, accounts: Interrupted) -> None:
    def close_the_case() -> None:
        assert worker.post(f"/cases/{CASE}/close", {"on": "2026-03-05"}, version=2).status_code == 200

    accounts.meanwhile = close_the_case
    refused = worker.post("/sessions", a_session(MOTHER, served_by=["account-leader"]))
    assert (refused.status_code, refused.json["code"]) == (409, "case_closed")
    assert worker.get("/sessions").json["items"] == []


def test_the_read_tables_are_rebuilt_from_the_events(worker: Client, service: Service) -> None:
    worker.post("/sessions", a_session(MOTHER, note="談及工作"))
    before = worker.get("/sessions").json
    with service.database.write() as connection:
        for table in PROJECTED:
            connection.execute(table.delete())
        service.store.reproject(connection)
    assert worker.get("/sessions").json == before


def test_migrations_lead_to_the_tables_the_code_uses(postgres_database: str) -> None:
    assert_no_drift("services.case", postgres_database)
