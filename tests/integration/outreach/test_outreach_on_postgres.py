"""The outreach service on PostgreSQL: the same code, the same answers."""

from collections.abc import Callable

import pytest

from services.outreach import tables
from shared.service import Service
from tests.contract.outreach.conftest import Client, Others, a_contact, a_visit, as_user, composition, others
from tests.integration.on_postgresql import accounts, app, bus, service

__all__ = ["accounts", "app", "as_user", "bus", "composition", "others", "service"]
pytestmark = pytest.mark.postgres


def test_a_contact_is_met_identified_corrected_erased_and_rebuilt(
    as_user: Callable[[str], Client], others: Others, service: Service
) -> None:
    worker = as_user("worker")
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
    assert worker.post("/today", {}).json == {"planned": [], "held": [], "needs": [], "to_read": 0}  # It is long past.
    others.publish("case", "PersonErased", "person-1", person_id="person-1", reason="requested")
    assert [one["alias"] for one in worker.get("/contacts").json["items"]] == ["阿明"]
    listed = worker.get("/visits", person_id=token).json
    with service.database.write() as connection:
        for table in tables.PROJECTED:
            connection.execute(table.delete())
        service.store.reproject(connection)
    assert worker.get("/visits", person_id=token).json == listed
