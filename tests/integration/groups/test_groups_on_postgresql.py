"""The groups service on PostgreSQL: the same flow as on SQLite, and what only a database of many writers can show."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from services.groups.app import create_app, create_service
from shared.auth.accounts import Account, Accounts
from shared.auth.database import open_accounts
from shared.bus.embedded import EmbeddedBus
from shared.bus.port import HEADS, events_topic
from shared.database import Database
from shared.service import Service
from shared.testing.clock import FixedClock
from shared.testing.migrations import assert_no_drift
from shared.testing.people import api_client, create_people
from tests.contract.groups.conftest import NOW, Client, Others, a_meeting, settings_in

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
    settings = replace(settings_in(tmp_path), database_urls={"groups": postgres_database})
    service = create_service(settings, clock=FixedClock(NOW), accounts=accounts, bus=bus)
    others = Others(service, bus)
    others.contract()
    others.person("person-000", hidden="2026-01-01")
    others.person("person-001")
    yield service
    service.intake.close()
    service.database.dispose()
    bus.close()


@pytest.fixture
def worker(service: Service, accounts: Interrupted) -> Client:
    worker = Client(api_client(create_app(service), accounts, "worker"))
    plan = {"id": "group-circle", "title": "家人互助小組", "activity": "mutual_aid", "from_date": "2026-03-02"}
    assert worker.post("/groups", {**plan, "contract_id": "kachi-2"}).status_code == 201
    assert worker.post("/groups/group-circle/open", {"on": "2026-03-02"}, version=1).status_code == 200
    for version, person_id in enumerate(("person-000", "person-001"), start=2):
        member = {"person_id": person_id, "role": "family_member", "from_date": "2026-03-02"}
        assert worker.post("/groups/group-circle/members", member, version=version).status_code == 201
    return worker


def test_a_meeting_is_recorded_corrected_and_listed(worker: Client) -> None:
    worker.post("/practitioners", {"name": "陳大文", "organisation": "海港社", "post": None})
    assert len(worker.get("/practitioners", q="大文").json["items"]) == 1
    saved = worker.post("/meetings", a_meeting("person-000", "person-001", starts_at="19:00", minutes=90, note="一"))
    assert saved.status_code == 201
    assert saved.json["participants"][0]["target_groups"] == ["hidden"]
    meeting = f"/meetings/{saved.json['meeting_id']}"
    corrected = worker.put(meeting, a_meeting("person-000", reason="attendance_wrong"), version=1)
    assert corrected.status_code == 200
    assert [one["version"] for one in worker.get("/meetings", group_id="group-circle").json["items"]] == [2]


def test_a_meeting_is_held_to_the_group_it_has_read(worker: Client, accounts: Interrupted) -> None:
    def end_the_group() -> None:
        assert worker.post("/groups/group-circle/end", {"on": "2026-03-08"}, version=4).status_code == 200

    accounts.meanwhile = end_the_group
    refused = worker.post("/meetings", a_meeting("person-000", served_by=["account-leader"]))
    assert (refused.status_code, refused.json["code"]) == (409, "group_ended")
    assert worker.get("/meetings").json["items"] == []


def test_migrations_lead_to_the_tables_the_code_uses(postgres_database: str) -> None:
    assert_no_drift("services.groups", postgres_database)
