"""What the groups service says of a worker's day."""

from collections.abc import Callable

from tests.contract.groups.conftest import Client, a_meeting


def test_own_meetings_are_told_by_the_title_of_their_group(
    worker: Client, as_user: Callable[[str], Client], circle: str
) -> None:
    worker.post("/meetings/plan", a_meeting(occurred_on="2026-06-03", starts_at="19:30", minutes=90))
    worker.post("/meetings/plan", a_meeting(occurred_on="2026-07-03"))
    worker.post("/meetings", a_meeting(occurred_on="2026-05-30", starts_at="10:00", minutes=60))
    worker.post("/meetings", a_meeting(occurred_on="2026-05-01", starts_at="10:00", minutes=60))
    day = worker.post("/today", {}).json
    title = worker.get(f"/groups/{circle}").json["title"]
    assert [(one["on"], one["title"], one["minutes"]) for one in day["planned"]] == [("2026-06-03", title, 90)]
    assert [one["on"] for one in day["held"]] == ["2026-05-30"]
    assert as_user("leader").post("/today", {}).json["planned"] == []


def test_a_leader_is_told_which_meetings_are_not_recorded(
    worker: Client, as_user: Callable[[str], Client], circle: str
) -> None:
    for day in ("2026-05-30", "2026-06-03"):
        worker.post("/meetings/plan", a_meeting(occurred_on=day))
    (late,) = as_user("leader").post("/today/team", {}).json["overdue"]
    assert (late["on"], late["title"]) == ("2026-05-30", worker.get(f"/groups/{circle}").json["title"])
    assert worker.post("/today/team", {}).status_code == 403


def test_what_somebody_has_planned_is_given_to_a_successor(
    worker: Client, as_user: Callable[[str], Client], circle: str
) -> None:
    leader = as_user("leader")
    body = a_meeting("person-000", occurred_on="2026-07-03", served_by=["account-worker", "account-leader"])
    planned = worker.post("/meetings/plan", {**body, "helpers": ["陳姑娘"]}).json["meeting_id"]
    (line,) = leader.post("/handover/planned", {"worker_id": "account-worker"}).json["items"]
    assert (line["unit_id"], line["on"], line["team_id"]) == (planned, "2026-07-03", "team-west")
    entries = [{"unit_id": planned, "worker_id": "account-assistant"}]
    give = {"worker_id": "account-worker", "entries": entries}
    assert worker.post("/handover/planned/give", give).status_code == 403
    assert as_user("foreign-leader").post("/handover/planned/give", give).status_code == 404
    assert leader.post("/handover/planned/give", give).json == {"given": [planned], "left": []}
    read = worker.get(f"/meetings/{planned}").json
    assert read["served_by"][:2] == ["account-assistant", "account-leader"]
    assert list(read["helpers"].values()) == ["陳姑娘"]
    assert leader.post("/handover/planned", {"worker_id": "account-worker"}).json["items"] == []


def test_who_attended_and_turns_out_to_have_been_no_member_is_told_by_id(
    worker: Client, as_user: Callable[[str], Client], circle: str
) -> None:
    helper = {"person_id": "person-002", "role": "volunteer"}
    made = worker.post("/meetings", a_meeting("person-000", "person-001", helper)).json["meeting_id"]
    assert worker.post("/doubts", {}).json["beyond_membership"] == []
    for person_id in ("person-001", "person-002"):
        version = worker.get(f"/groups/{circle}").json["version"]
        left = {"person_id": person_id, "to_date": "2026-03-05"}
        assert worker.post(f"/groups/{circle}/members/leave", left, version=version).status_code == 200
    (found,) = worker.post("/doubts", {}).json["beyond_membership"]
    assert (found["about"], found["other"], found["contracts"]) == (made, "person-001", ["kachi-2"])
    assert as_user("foreign-leader").post("/doubts", {}).json["beyond_membership"] == []
