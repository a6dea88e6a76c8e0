"""Cases and shares over the API and on pages: their figures, what stands behind them, and what moved them."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.contract.reporting.conftest import Client, Others, family, field_codes

CONTRACT = {
    "contract": "families",
    "title": {"en": "Families", "zh-Hant": "家庭"},
    "period": {"from": "2019-01-01", "to": "2021-12-31"},
    "outputs": [
        {
            "id": "casework",
            "where": {"kind": ["case_session"], "role": ["family_member"]},
            "sentence": {"en": "{remote} % of {sessions} sessions from afar."},
            "measures": [
                {"id": "sessions", "measure": "sessions"},
                {
                    "id": "remote",
                    "measure": "share",
                    "of": "sessions",
                    "where": {"mode": ["online", "phone"]},
                    "target": 0.7,
                },
            ],
        },
        {
            "id": "cases",
            "measures": [
                {"id": "opened", "measure": "cases", "which": "opened", "target": 2},
                {"id": "active", "measure": "cases", "which": "active"},
                {"id": "closed", "measure": "cases", "which": "closed"},
            ],
        },
    ],
}


@pytest.fixture
def families(leader: Client) -> Client:
    """The leader, with a contract that counts cases and shares."""
    assert leader.post("/contracts", {"document": CONTRACT}).status_code == 201
    return leader


def _move(others: Others, case_id: str, event: str, on: str, **more: Any) -> Any:
    data = {"case_id": case_id, "case_number": case_id, "team_id": "team-west", "contract_id": "families", "on": on}
    return others.store("case", event, case_id, **{**data, **more})


def _figures(client: Client, **query: Any) -> dict[str, Any]:
    return client.figures(contract_id="families", **query)


def _behind(client: Client, figure: str) -> dict[str, Any]:
    answered = client.get(f"/contracts/families/figures/{figure}")
    assert answered.status_code == 200, answered.json
    return answered.json


def test_cases_are_counted_from_their_stages(families: Client, others: Others) -> None:
    _move(others, "case-1", "CaseOpened", "2019-02-03", members=[])
    _move(others, "case-2", "CaseOpened", "2018-02-03", members=[])
    _move(others, "case-2", "CaseClosed", "2019-02-03", reason="goals_met")
    _move(others, "case-3", "CaseOpened", "2019-02-03", members=[], contract_id=None)
    _move(others, "case-4", "CaseClosed", "2019-02-03", reason="declined")
    found = _figures(families)
    assert (found["cases/opened"], found["cases/active"], found["cases/closed"]) == (1, 2, 1)
    _move(others, "case-2", "CaseReopened", "2020-01-02")
    assert _figures(families)["cases/opened"] == 2


def test_behind_a_number_of_cases_stand_the_cases_and_what_moved_it(families: Client, others: Others) -> None:
    opened = _move(others, "case-1", "CaseOpened", "2019-02-03", members=[])
    closed = _move(others, "case-1", "CaseClosed", "2019-05-06", reason="goals_met")
    _move(others, "case-2", "CaseOpened", "2018-02-03", members=[])
    behind = _behind(families, "cases/closed")
    assert behind["cases"] == [
        {
            "case_id": "case-1",
            "open": [{"from": "2019-02-03", "to": "2019-05-06"}],
            "event_ids": [opened.event_id, closed.event_id],
        }
    ]
    assert [(one["case_id"], one["why"]) for one in behind["left_out"]] == [("case-2", "not_closed_in_period")]
    assert [(one["what"], one["reason"], one["from"], one["to"]) for one in behind["changes"]] == [
        ("case_closed", "goals_met", 0, 1)
    ]
    assert behind["how"] == "Different cases that were closed from 1 Jan 2019 to 31 Dec 2021."


def test_cases_at_an_earlier_cut_are_as_they_were_known(families: Client, others: Others) -> None:
    _move(others, "case-1", "CaseOpened", "2019-02-03", members=[])
    cut = families.report(contract_id="families")["cut"]
    _move(others, "case-1", "CaseClosed", "2019-05-06", reason="goals_met")
    assert _figures(families)["cases/closed"] == 1
    assert _figures(families, cut=cut)["cases/closed"] == 0
    assert _figures(families, cut=cut)["cases/active"] == 1


def test_a_share_is_answered_with_both_its_numbers(families: Client, others: Others) -> None:
    others.record("session-1", family("person-m"), mode="online", segments=[{"contract_id": "families"}])
    others.record("session-2", family("person-m"), segments=[{"contract_id": "families"}])
    others.record("session-3", family("person-m"), segments=[{"contract_id": "families"}])
    report = families.report(contract_id="families")
    row = report["outputs"][1]
    assert row["share"] == {"k": 1, "n": 3, "percent": 33.3}
    assert (row["unit"], row["target"], row["actual"], row["variance"], row["met"]) == (
        "percent",
        70,
        33.3,
        -36.7,
        False,
    )
    assert report["sentences"]["casework"] == {"en": "33.3 % of 3 sessions from afar."}
    behind = _behind(families, "casework/remote")
    assert [one["unit_id"] for one in behind["sessions"]] == ["session-1"]
    assert {(one["unit_id"], one["why"]) for one in behind["left_out"]} == {
        ("session-2", "other_mode"),
        ("session-3", "other_mode"),
    }
    assert [(one["from"], one["to"]) for one in behind["changes"]] == [(50, 33.3), (100, 50), (None, 100)]
    fed = {one["measure"]: one["adds"] for one in families.get("/units/session-2/figures").json["figures"]}
    assert fed == {"sessions": 1, "remote": 0}


def test_a_share_just_below_its_target_is_not_shown_as_reaching_it(families: Client, others: Others) -> None:
    for number in range(203):
        mode = "online" if number < 142 else "in_person"
        others.hold = number < 202
        others.record(f"session-{number}", family("person-m"), mode=mode, segments=[{"contract_id": "families"}])
    row = families.report(contract_id="families")["outputs"][1]
    assert (row["actual"], row["variance"], row["met"]) == (70, -0.05, False)


def test_pages_show_cases_and_a_share_of_nothing(families: Client, browser: FlaskClient, others: Others) -> None:
    page = browser.get("/reporting/contracts/families").text
    assert "Share: online or phone" in page
    assert "–<span" in page
    assert "Too early to say" in page
    _move(others, "case-1", "CaseOpened", "2019-02-03", members=[])
    assert "/case/cases/case-1" in browser.get("/reporting/contracts/families/figures/cases/active").text
    remote = browser.get("/reporting/contracts/families/figures/casework/remote")
    assert remote.status_code == 200
    assert "0 of 0" in remote.text


@pytest.mark.parametrize("path", ["/contracts/kachi-2/report?as_of=2031-01-01", "/cuts?on=2031-01-01"])
def test_what_will_be_known_on_a_day_to_come_is_not_told(leader: Client, path: str) -> None:
    address, _, query = path.partition("?")
    name, _, day = query.partition("=")
    answered = leader.get(address, **{name: day})
    assert answered.status_code == 422
    assert field_codes(answered) == [(name, "date_in_future")]


def test_a_report_of_a_day_before_the_contract_was_registered_says_so(leader: Client) -> None:
    answered = leader.get("/contracts/kachi-2/report", as_of="2018-01-01")
    assert (answered.status_code, answered.json["code"]) == (404, "contract_later")
