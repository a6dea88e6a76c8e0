"""The read tables follow from the events: emptied and shown them again, they say the same."""

from pathlib import Path
from typing import Any

from sqlalchemy import delete, select

from services.groups.tables import PROJECTED
from shared.service import Service
from shared.testing.migrations import assert_no_drift
from tests.contract.groups.conftest import Client, Others, a_meeting


def rows(service: Service) -> dict[str, list[dict[str, Any]]]:
    with service.database.read() as connection:
        return {
            table.name: [
                {name: value for name, value in row.items() if name != "sealed"}
                for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()
            ]
            for table in PROJECTED
        }


def test_a_rebuild_gives_the_same_read_tables(service: Service, worker: Client, others: Others, circle: str) -> None:
    worker.post("/practitioners", {"name": "陳大文", "organisation": "海港社", "post": None})
    first = worker.post("/meetings", a_meeting("person-000", "person-001", note="一")).json["meeting_id"]
    worker.put(f"/meetings/{first}", a_meeting("person-000", note="二", reason="attendance_wrong"), version=1)
    second = worker.post("/meetings", a_meeting("person-002", occurred_on="2026-03-16")).json["meeting_id"]
    worker.post(f"/meetings/{second}/void", {"reason": "duplicate"}, version=1)
    worker.post("/meetings/plan", a_meeting(occurred_on="2026-07-01"))
    others.publish("case", "PersonErased", "person-000", person_id="person-000", reason="asked")
    leave = {"person_id": "person-001", "to_date": "2026-04-01"}
    assert worker.post(f"/groups/{circle}/members/leave", leave, version=5).status_code == 200
    worker.post(f"/groups/{circle}/end", {"on": "2026-05-01"}, version=6)
    before = rows(service)
    assert all(before.values())
    with service.database.write() as connection:
        for table in PROJECTED:
            connection.execute(delete(table))
        service.store.reproject(connection)
    assert rows(service) == before
    assert worker.get("/practitioners", q="大文").json["items"][0]["organisation"] == "海港社"


def test_migrations_lead_to_the_tables_the_code_uses(tmp_path: Path) -> None:
    assert_no_drift("services.groups", f"sqlite:///{tmp_path / 'drift.db'}")
