"""Visits over the API: who sees which, what an address names, and the list."""

from collections.abc import Callable
from typing import Any

import pytest

from shared.testing.people import OTHER_TEAM, TEAM
from tests.contract.outreach.conftest import Client, a_visit, field_codes


def test_a_funder_sees_nothing_here(as_user: Callable[[str], Client]) -> None:
    assert as_user("funder").get("/visits").status_code == 403
    assert as_user("funder").post("/visits", a_visit()).status_code == 403


def test_nobody_signed_in_sees_nothing_here(app: Any) -> None:
    assert app.test_client().get("/outreach/api/v1/visits").status_code == 401


def test_another_agency_finds_nothing(worker: Client, as_user: Callable[[str], Client], token: str) -> None:
    visit_id = worker.post("/visits", a_visit(token)).json["visit_id"]
    foreign = as_user("foreign-admin")
    assert foreign.get("/visits").json["items"] == []
    for path in (f"/visits/{visit_id}", f"/visits/{visit_id}/history", f"/contacts/{token}"):
        assert foreign.get(path).status_code == 404
    assert foreign.post(f"/visits/{visit_id}/void", {"reason": "other"}, version=1).status_code == 404
    named = as_user("foreign-worker").post("/visits", a_visit(token))
    assert field_codes(named) == [("participants.0.person_id", "person_unknown")]


def test_another_team_keeps_its_visits_to_itself(worker: Client, as_user: Callable[[str], Client], token: str) -> None:
    visit_id = worker.post("/visits", a_visit(token)).json["visit_id"]
    east = as_user("worker-east")
    assert east.get("/visits").json["items"] == []
    assert east.get(f"/visits/{visit_id}").status_code == 403
    assert east.post(f"/visits/{visit_id}/void", {"reason": "other"}, version=1).status_code == 403
    assert east.post("/visits", a_visit(token, team_id=TEAM)).status_code == 403
    assert east.post("/visits", a_visit(token)).json["team_id"] == OTHER_TEAM
    assert len(as_user("admin").get("/visits").json["items"]) == 2
    unclear = as_user("admin").post("/visits", a_visit(token))
    assert field_codes(unclear) == [("team_id", "required")]
    assert as_user("admin").post("/visits", a_visit(token, team_id=TEAM)).status_code == 201


def test_notes_are_for_those_who_read_notes(worker: Client, as_user: Callable[[str], Client], token: str) -> None:
    visit_id = worker.post("/visits", a_visit(token, note="He looked thin.")).json["visit_id"]
    assert as_user("leader").get(f"/visits/{visit_id}").json["note"] == "He looked thin."
    seen = as_user("assistant").get(f"/visits/{visit_id}").json
    assert seen["has_note"] is True
    assert "note" not in seen
    story = as_user("assistant").get(f"/visits/{visit_id}/history").json["items"]
    assert not {"note", "reason_text"} & set(story[0])


@pytest.mark.parametrize("path", ["/visits/visit-nowhere", "/visits/contact-1", "/visits/person-1/history"])
def test_an_address_of_nothing_is_not_found(worker: Client, path: str) -> None:
    assert worker.get(path).status_code == 404


def test_an_address_of_a_contact_is_no_visit(worker: Client, token: str) -> None:
    assert worker.get(f"/visits/{token}").status_code == 404
    assert worker.post(f"/visits/{token}/void", {"reason": "other"}, version=1).status_code == 404


def test_the_list_is_paged_newest_first(worker: Client, token: str) -> None:
    days = ["2026-05-03", "2026-05-01", "2026-05-02", "2026-05-02"]
    made = [worker.post("/visits", a_visit(token, occurred_on=day, starts_at=None)).json["visit_id"] for day in days]
    seen: list[str] = []
    after: str | None = None
    while after is not None or not seen:
        page = worker.get("/visits", limit=2, **({"after": after} if after else {})).json
        seen += [one["visit_id"] for one in page["items"]]
        after = page["next"]
    assert seen == [made[0], made[3], made[2], made[1]]
    assert worker.get("/visits", after="somewhere").status_code == 400
    assert worker.get("/visits", limit=0).status_code == 422
    assert len(worker.get("/visits", person_id=token).json["items"]) == 4
    assert worker.get("/visits", phase="voided").json["items"] == []
