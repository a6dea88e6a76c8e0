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
