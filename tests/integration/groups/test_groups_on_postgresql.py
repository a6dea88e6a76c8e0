"""The groups service on PostgreSQL: the same flow as on SQLite, and what only a database of many writers can show."""

from collections.abc import Callable

import pytest

from tests.contract.groups.conftest import Client, Others, a_meeting, as_user, composition, others
from tests.integration.on_postgresql import Interrupted, accounts, app, bus, service

__all__ = ["accounts", "app", "as_user", "bus", "composition", "others", "service"]
pytestmark = pytest.mark.postgres


@pytest.fixture
def worker(as_user: Callable[[str], Client], others: Others) -> Client:
    others.contract()
    others.person("person-000", hidden="2026-01-01")
    others.person("person-001")
    worker = as_user("worker")
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
    worker.post("/meetings/plan", a_meeting(occurred_on="2026-06-03"))
    assert [one["title"] for one in worker.post("/today", {}).json["planned"]] == [
        worker.get("/groups/group-circle").json["title"]
    ]


def test_a_meeting_is_held_to_the_group_it_has_read(worker: Client, accounts: Interrupted) -> None:
    def end_the_group() -> None:
        assert worker.post("/groups/group-circle/end", {"on": "2026-03-08"}, version=4).status_code == 200

    accounts.meanwhile = end_the_group
    refused = worker.post("/meetings", a_meeting("person-000", served_by=["account-leader"]))
    assert (refused.status_code, refused.json["code"]) == (409, "group_ended")
    assert worker.get("/meetings").json["items"] == []
