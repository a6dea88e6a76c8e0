"""Groups and their members over the API."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.groups.conftest import Client, Others, field_codes

PLAN = {"title": "正面家庭經驗活動", "activity": "positive_family", "from_date": "2026-03-02"}


def test_a_group_is_planned_opened_joined_and_ended(worker: Client, others: Others) -> None:
    person = others.person("person-1")
    planned = worker.post("/groups", {**PLAN, "closed": True, "to_date": "2026-05-30"})
    assert planned.status_code == 201
    assert planned.headers["ETag"] == '"1"'
    group = f"/groups/{planned.json['group_id']}"
    assert worker.post(f"{group}/open", {"on": "2026-03-02"}, version=1).json["version"] == 2
    member = {"person_id": person, "role": "family_member", "from_date": "2026-03-02"}
    assert worker.post(f"{group}/members", member, version=2).status_code == 201
    left = {"person_id": person, "to_date": "2026-04-01"}
    assert worker.post(f"{group}/members/leave", left, version=3).status_code == 200
    assert worker.post(f"{group}/end", {"on": "2026-05-30"}, version=4).status_code == 200
    read = worker.get(group)
    assert read.headers["ETag"] == '"5"'
    assert {name: read.json[name] for name in ("phase", "opened_on", "ended_on", "team_id")} == {
        "phase": "ended",
        "opened_on": "2026-03-02",
        "ended_on": "2026-05-30",
        "team_id": "team-west",
    }
    assert read.json["members"] == [{**member, "to_date": "2026-04-01"}]


def test_a_group_is_described_anew_as_a_whole(worker: Client, circle: str) -> None:
    described = {**PLAN, "title": "新名稱", "to_date": "2026-12-01"}
    assert worker.put(f"/groups/{circle}", described, version=5).status_code == 200
    read = worker.get(f"/groups/{circle}").json
    assert {name: read[name] for name in ("title", "to_date", "contract_id", "phase", "version")} == {
        "title": "新名稱",
        "to_date": "2026-12-01",
        "contract_id": None,
        "phase": "open",
        "version": 6,
    }
    unknown = worker.put(f"/groups/{circle}", {**described, "contract_id": "nowhere"}, version=6)
    assert field_codes(unknown) == [("contract_id", "contract_unknown")]


def test_somebody_who_comes_back_has_two_memberships(worker: Client, circle: str) -> None:
    worker.post(f"/groups/{circle}/members/leave", {"person_id": "person-000", "to_date": "2026-03-20"}, version=5)
    again = {"person_id": "person-000", "role": "family_member", "from_date": "2026-04-20"}
    assert worker.post(f"/groups/{circle}/members", again, version=6).status_code == 201
    memberships = [one for one in worker.get(f"/groups/{circle}").json["members"] if one["person_id"] == "person-000"]
    assert [(one["from_date"], one["to_date"]) for one in memberships] == [
        ("2026-03-02", "2026-03-20"),
        ("2026-04-20", None),
    ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"activity": "dancing"}, ("activity", "unknown_code")),
        ({"to_date": "2026-03-01"}, ("to_date", "end_before_start")),
        ({"contract_id": "nowhere"}, ("contract_id", "contract_unknown")),
        ({"team_id": "team-foreign"}, ("team_id", "team_unknown")),
        ({"id": "meeting-1"}, ("id", "id_malformed")),
        ({"title": " "}, ("title", "required")),
        ({"titel": "x"}, ("titel", "unknown_field")),
        ({"from_date": "2 March"}, ("from_date", "not_a_date")),
    ],
)
def test_wrong_fields_of_a_plan_are_named_and_nothing_is_saved(
    worker: Client, change: dict[str, Any], expected: tuple[str, str]
) -> None:
    refused = worker.post("/groups", {**PLAN, **change})
    assert refused.status_code == 422
    assert field_codes(refused) == [expected]
    assert worker.get("/groups").json["items"] == []


def test_only_people_of_the_agency_become_members(worker: Client, others: Others, circle: str) -> None:
    others.person("person-foreign", agency="agency-two", team="team-foreign")
    for stranger in ("person-foreign", "person-nobody"):
        member = {"person_id": stranger, "role": "family_member", "from_date": "2026-03-02"}
        refused = worker.post(f"/groups/{circle}/members", member, version=5)
        assert (refused.status_code, field_codes(refused)) == (422, [("person_id", "person_unknown")])


def test_a_person_of_another_team_may_be_a_member(worker: Client, others: Others, circle: str) -> None:
    others.person("person-east", team="team-east")
    member = {"person_id": "person-east", "role": "family_member", "from_date": "2026-03-02"}
    assert worker.post(f"/groups/{circle}/members", member, version=5).status_code == 201


def test_a_preview_saves_nothing(worker: Client) -> None:
    preview = worker.post("/groups?dry_run=true", PLAN, Idempotency_Key="")
    assert (preview.status_code, preview.json["title"]) == (200, PLAN["title"])
    assert worker.get("/groups").json["items"] == []


def test_the_same_key_saves_once_and_another_body_is_refused(worker: Client) -> None:
    first = worker.post("/groups", PLAN, Idempotency_Key="phone-7")
    again = worker.post("/groups", PLAN, Idempotency_Key="phone-7")
    assert first.json == again.json
    assert len(worker.get("/groups").json["items"]) == 1
    other = worker.post("/groups", {**PLAN, "title": "Another"}, Idempotency_Key="phone-7")
    assert (other.status_code, other.json["code"]) == (422, "key_reused")


def test_a_stale_version_is_refused_and_a_missing_one_too(worker: Client, circle: str) -> None:
    assert worker.post(f"/groups/{circle}/end", {"on": "2026-04-01"}, version=4).status_code == 412
    assert worker.post(f"/groups/{circle}/end", {"on": "2026-04-01"}).status_code == 428
    assert worker.get(f"/groups/{circle}").json["phase"] == "open"


@pytest.mark.parametrize(
    ("username", "status"),
    [
        ("assistant", 200),
        ("leader", 200),
        ("admin", 200),
        ("worker-east", 403),
        ("funder", 403),
        ("foreign-admin", 404),
    ],
)
def test_a_group_is_read_by_its_team_alone(
    as_user: Callable[[str], Client], circle: str, username: str, status: int
) -> None:
    assert as_user(username).get(f"/groups/{circle}").status_code == status
    listed = as_user(username).get("/groups")
    assert [one["group_id"] for one in listed.json.get("items", [])] == ([circle] if status == 200 else [])


@pytest.mark.parametrize(("username", "status"), [("worker-east", 403), ("foreign-leader", 404), ("funder", 403)])
def test_a_group_is_changed_by_its_team_alone(
    as_user: Callable[[str], Client], circle: str, username: str, status: int
) -> None:
    assert as_user(username).post(f"/groups/{circle}/end", {"on": "2026-04-01"}, version=5).status_code == status


def test_a_worker_plans_for_own_teams_and_an_administrator_for_all(as_user: Callable[[str], Client]) -> None:
    refused = as_user("worker").post("/groups", {**PLAN, "team_id": "team-east"})
    assert refused.status_code == 403
    assert as_user("admin").post("/groups", {**PLAN, "team_id": "team-east"}).status_code == 201
    undecided = as_user("admin").post("/groups", PLAN)
    assert field_codes(undecided) == [("team_id", "required")]


def test_a_list_is_read_page_by_page(worker: Client) -> None:
    ids = [worker.post("/groups", {**PLAN, "title": f"Group {number}"}).json["group_id"] for number in range(5)]
    first = worker.get("/groups", limit=3).json
    second = worker.get("/groups", limit=3, after=first["next"]).json
    assert [one["group_id"] for one in first["items"] + second["items"]] == sorted(ids, reverse=True)
    assert second["next"] is None


def test_groups_are_found_by_a_part_of_their_title_in_the_body_of_the_request(
    worker: Client, as_user: Callable[[str], Client], circle: str
) -> None:
    title = worker.get(f"/groups/{circle}").json["title"]
    worker.put(f"/groups/{circle}", {**PLAN, "title": "同路人家長小組 A"}, version=5)
    assert title != "同路人家長小組 A"
    found = [{"group_id": circle, "title": "同路人家長小組 A", "activity": "positive_family", "phase": "open"}]
    for typed in ("家長", "家长小组a", "小組 A"):
        assert worker.post("/groups/search", {"q": typed}).json == {"items": found}
    assert worker.post("/groups/search", {"q": "外展"}).json == {"items": []}
    assert worker.post("/groups/search", {"group_ids": [circle, "group-nowhere"]}).json == {"items": found}
    for other in ("worker-east", "foreign-worker"):
        assert as_user(other).post("/groups/search", {"q": "家長"}).json == {"items": []}
