"""Spot checks and research extracts: the same sample again, every answer written down, and consent decides."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shared.auth.accounts import Accounts
from shared.testing.people import page_client
from tests.contract.reporting.conftest import Client, Others, family

SAMPLES = "/contracts/kachi-2/samples"
PAGE = "/reporting/contracts/kachi-2"
ASKED = {"indicator": "output-1", "measure": "sessions", "size": 3, "seed": "5eed"}


@pytest.fixture
def meetings(others: Others) -> None:
    """Eight meetings, each with its sign-in sheet."""
    for number in range(8):
        others.record(
            f"meeting-{number}", family("person-a", "person-b"), sign_in_sheet=f"M-{number}", group_id="group-1"
        )


def _draw(leader: Client, **changes: Any) -> dict[str, Any]:
    answered = leader.post(SAMPLES, {**ASKED, **changes})
    assert answered.status_code == 201, answered.json
    return dict(answered.json)


@pytest.mark.usefixtures("meetings")
def test_a_sample_is_the_same_when_it_is_drawn_again_whatever_came_since(leader: Client, others: Others) -> None:
    first = _draw(leader)
    assert (first["population"], first["size"], first["unchecked"]) == (8, 3, 3)
    others.record("meeting-9", family("person-c"))
    others.void(first["items"][0]["item"])
    again = _draw(leader, cut=first["cut"])
    items = [one["item"] for one in first["items"]]
    assert [one["item"] for one in again["items"]] == items
    assert [one["item"] for one in _draw(leader)["items"]] != items
    assert leader.get(f"{SAMPLES}/{first['sample_id']}").json["same_again"] is True
    assert {one["sign_in_sheet"] for one in first["items"]} == {f"M-{item[-1]}" for item in items}


@pytest.mark.usefixtures("meetings")
def test_each_answer_is_an_event_of_who_and_when_and_two_may_write_side_by_side(leader: Client) -> None:
    sample = _draw(leader)
    item, path = sample["items"][0]["item"], f"{SAMPLES}/{sample['sample_id']}"
    body = {"item": item, "result": "differs", "reason": "people_differ"}
    assert leader.post(f"{path}/items", {**body, "reason": None}, version=1).status_code == 422
    assert leader.post(f"{path}/items", body, version=1).status_code == 200
    assert leader.post(f"{path}/items", body, version=1).status_code == 412
    other = {"item": sample["items"][1]["item"], "result": "found"}
    assert leader.post(f"{path}/items", other, version=1).status_code == 200  # Nobody has written of this one since.
    told = leader.get(path).json
    assert told["results"] == {"found": 1, "not_found": 0, "differs": 1}
    assert told["items"][0]["checked_by"] == "account-leader"
    assert leader.get("/contracts/other/samples/" + sample["sample_id"]).status_code == 404


def _consent(others: Others, person_id: str, kind: str, on: str) -> None:
    others.store("case", f"Consent{kind}", person_id, person_id=person_id, purpose="research", on=on)


@pytest.fixture
def served(others: Others) -> None:
    """Seven people who were served, six of whom have consented; one of these has withdrawn, another is erased."""
    for number in range(7):
        person_id = f"person-{number}"
        traits = {"gender": "female", "birth_year_band": "1985-1989", "district": "eastern"}
        others.store("case", "PersonRegistered", person_id, person_id=person_id, attributes=traits)
        if number:
            _consent(others, person_id, "Given", "2021-01-01")
        others.record(f"session-{number}", family(person_id))
    _consent(others, "person-1", "Withdrawn", "2021-08-02")
    others.assess("assessment-1", "person-2", "pre", "2019-03-04", 17)
    others.assess("assessment-2", "person-2", "post", "2020-03-04", 9)
    others.store("case", "PersonErased", "person-3", person_id="person-3", reason="requested")


def _rows(leader: Client) -> list[list[str]]:
    answered = leader.post("/contracts/kachi-2/extracts", {"format": "csv"})
    assert answered.status_code == 200, answered.text
    return [line.split(",") for line in answered.text.lstrip("\ufeff").splitlines()]


@pytest.mark.usefixtures("served")
def test_an_extract_is_of_those_who_consent_today_and_says_nothing_of_who_they_are(
    leader: Client, others: Others
) -> None:
    others.record("session-9", family("person-8"))
    _consent(others, "person-8", "Given", "2021-08-03")  # Of tomorrow.
    head, *rows = _rows(leader)
    assert head[:4] == ["study_number", "age_band", "gender", "sessions"]
    assert len(rows) == 4
    assert [row[1:3] for row in rows] == [["*", "*"]] * 4
    assert sorted(row[head.index("outcome-1_pre")] for row in rows) == ["", "", "", "17"]
    assert "person" not in str(rows)
    assert {row[0] for row in rows}.isdisjoint({row[0] for row in _rows(leader)[1:]})
    (second, first) = leader.get("/contracts/kachi-2/extracts").json["items"]
    assert (first["people"], first["without_consent"], first["drawn_by"]) == (4, 4, "account-leader")
    assert second["extract_id"] != first["extract_id"]
    _consent(others, "person-0", "Given", "2021-07-01")
    assert [row[1:3] for row in _rows(leader)[1:]] == [["31-36", "female"]] * 5


@pytest.mark.usefixtures("served")
def test_whoever_takes_another_file_away_from_the_same_page_is_written_down_twice(leader: Client) -> None:
    for file_format in ("xlsx", "csv", "csv"):
        taken = leader.post("/contracts/kachi-2/extracts", {"format": file_format}, Idempotency_Key="once")
        assert taken.status_code == 200
    drawn = leader.get("/contracts/kachi-2/extracts").json["items"]
    assert sorted(one["file_format"] for one in drawn) == ["csv", "csv", "xlsx"]


def test_nobody_who_has_not_consented_is_in_an_extract(leader: Client, others: Others) -> None:
    others.record("session-1", family("person-1"))
    refused = leader.post("/contracts/kachi-2/extracts", {"format": "csv"})
    assert (refused.status_code, refused.json["code"]) == (409, "nobody_consents")
    assert leader.get("/contracts/kachi-2/extracts").json["items"] == []


@pytest.fixture
def browse(app: Flask, accounts: Accounts, leader: Client) -> Callable[[str], FlaskClient]:
    return lambda username: page_client(app, accounts, username)


@pytest.mark.usefixtures("meetings")
def test_a_leader_draws_and_writes_down_on_pages(browse: Callable[[str], FlaskClient]) -> None:
    leader = browse("leader")
    asked = {"figure": "output-1/sessions", "of": "sessions", "size": "2", "idempotency_key": "draw-1"}
    drawn = leader.post(f"{PAGE}/samples", data=asked)
    assert drawn.status_code == 303, drawn.text
    page = leader.get(drawn.location).text
    assert "Not looked at yet 2" in page
    assert "M-" in page
    item = page.split('name="item" value="')[1].split('"')[0]
    answer = {
        "item": item,
        "result": "not_found",
        "reason": "file_missing",
        "version": "1",
        "idempotency_key": "check-1",
    }
    assert leader.post(f"{drawn.location}/items", data=answer).status_code == 303
    assert "The file was not there" in leader.get(f"{drawn.location}?again=1").text
    assert "the same items" in leader.get(f"{drawn.location}?again=1").text
    assert (
        f"{item},2019-03-04,group_meeting,60,2,M-{item[-1]},not_found,file_missing"
        in leader.get(f"{drawn.location}/sample.csv").text
    )
    assert "Sessions" in leader.get(f"{PAGE}/audit").text
    assert leader.post(f"{PAGE}/samples", data={**asked, "size": "0", "idempotency_key": "draw-2"}).status_code == 422
    for username in ("worker", "funder"):
        assert browse(username).get(f"{PAGE}/audit").status_code == 403
