"""The outreach service on PostgreSQL: the same code, the same answers."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from services.outreach import tables
from services.outreach.app import create_app, create_service
from shared.auth.database import open_accounts
from shared.bus.embedded import EmbeddedBus
from shared.service import Service
from shared.testing.clock import FixedClock
from shared.testing.migrations import assert_no_drift
from shared.testing.people import api_client
from tests.contract.outreach.conftest import (
    NOW,
    Client,
    Others,
    a_contact,
    a_visit,
    prepared,
    settings_in,
)

__all__ = ["prepared"]
pytestmark = pytest.mark.postgres


@pytest.fixture
def service(prepared: Path, tmp_path: Path, postgres_database: str) -> Iterator[Service]:
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    settings = replace(settings_in(tmp_path), database_urls={"outreach": postgres_database})
    accounts, bus = open_accounts(settings), EmbeddedBus(tmp_path / "bus.db")
    service = create_service(settings, clock=FixedClock(NOW), accounts=accounts, bus=bus)
    yield service
    service.intake.close()
    service.database.dispose()
    accounts.close()
    bus.close()


def test_the_migrations_lead_to_the_tables(postgres_database: str) -> None:
    assert_no_drift("services.outreach", postgres_database)


def test_a_contact_is_met_identified_corrected_erased_and_rebuilt(service: Service, tmp_path: Path) -> None:
    others = Others(service, EmbeddedBus(tmp_path / "bus.db"))
    worker = Client(api_client(create_app(service), service.accounts, "worker"))
    others.contract()
    others.person("person-1", low_motivation="2026-01-01")
    others.case()
    token = a_contact(worker, target_groups=["hidden"])
    body = a_visit(token, {"new_contact": {"alias": "阿明"}}, contract_id="kachi-2", case_id="case-1", note="強同明")
    saved = worker.post("/visits", body)
    assert (saved.status_code, saved.json["participants"][0]["target_groups"]) == (201, ["hidden"])
    assert worker.post(f"/contacts/{token}/identify", {"person_id": "person-1"}, version=1).status_code == 200
    visit_id = saved.json["visit_id"]
    shorter = {**a_visit(token, minutes=30), "reason": "typing_error"}
    assert worker.put(f"/visits/{visit_id}", shorter, version=1).status_code == 200
    assert worker.put(f"/visits/{visit_id}", shorter, version=1).status_code == 412
    others.publish("case", "PersonErased", "person-1", person_id="person-1", reason="requested")
    assert [one["alias"] for one in worker.get("/contacts").json["items"]] == ["阿明"]
    listed = worker.get("/visits", person_id=token).json
    with service.database.write() as connection:
        for table in tables.PROJECTED:
            connection.execute(table.delete())
        service.store.reproject(connection)
    assert worker.get("/visits", person_id=token).json == listed
    others.bus.close()
