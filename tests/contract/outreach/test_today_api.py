"""What the outreach service says of a worker's day."""

from collections.abc import Callable

from tests.contract.outreach.conftest import Client, Others, a_visit


def test_own_visits_are_told_and_those_for_a_case_by_its_number(
    worker: Client, as_user: Callable[[str], Client], others: Others
) -> None:
    others.person("person-000")
    case_id = others.case()
    home_visit = {"setting": "home_visit", "case_id": case_id, "occurred_on": "2026-06-03"}
    planned = worker.post("/visits/plan", a_visit("person-000", **home_visit))
    assert planned.status_code == 201, planned.json
    worker.post("/visits", a_visit("person-000", occurred_on="2026-05-30"))
    worker.post("/visits", a_visit("person-000", occurred_on="2026-05-01"))
    day = worker.post("/today", {}).json
    assert [(one["on"], one["title"], one["setting"]) for one in day["planned"]] == [
        ("2026-06-03", "A-1", "home_visit")
    ]
    assert [(one["on"], one["title"]) for one in day["held"]] == [("2026-05-30", None)]
    assert as_user("leader").post("/today", {}).json["planned"] == []


def test_a_leader_is_told_which_visits_are_not_recorded(
    worker: Client, as_user: Callable[[str], Client], others: Others
) -> None:
    others.person("person-000")
    for day in ("2026-05-30", "2026-06-03"):
        assert worker.post("/visits/plan", a_visit("person-000", occurred_on=day)).status_code == 201
    (late,) = as_user("leader").post("/today/team", {}).json["overdue"]
    assert (late["on"], late["workers"]) == ("2026-05-30", ["account-worker"])
    assert worker.post("/today/team", {}).status_code == 403
