"""Figures in parts: by API, on a page and as files, small cells held back outside unless they were released."""

import csv
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shared.auth.accounts import Accounts
from shared.testing.people import page_client
from tests.contract.reporting.conftest import Client, Others, family

PLACE = "/contracts/kachi-2/figures/output-2/persons/by"
PAGE = f"/reporting{PLACE}"


@pytest.fixture
def people(leader: Client, others: Others) -> Client:
    """Twenty women, six men and two of another gender; the first is a mother, and one man came with his wife."""
    genders = ["female"] * 20 + ["male"] * 6 + ["other"] * 2
    for number, gender in enumerate(genders):
        attributes = {"gender": gender, "birth_year_band": "1975-1979", "district": "kwun_tong"}
        others.store(
            "case", "PersonRegistered", f"person-{number}", person_id=f"person-{number}", attributes=attributes
        )
        others.record(f"session-{number}", family(f"person-{number}"), occurred_on=f"2019-03-{number + 1:02}")
    members = [{"person_id": "person-0", "relationship": "mother", "from_date": "2018-06-01"}]
    others.store("case", "CaseRegistered", "case-1", case_id="case-1", members=members)
    joined = {"case_id": "case-1", "person_id": "person-20", "relationship": "father", "from_date": "2018-06-01"}
    others.store("case", "CaseMemberJoined", "case-1", **joined)
    return leader


def parts(client: Client, by: str, **asked: Any) -> dict[str | None, int | None] | None:
    answered = client.get(f"{PLACE}/{by}", **asked)
    assert answered.status_code == 200, answered.json
    found = answered.json["parts"]
    return None if found is None else {one["code"]: one["people"] for one in found}


def test_a_figure_is_divided_by_what_people_are_and_by_when_they_came(people: Client, others: Others) -> None:
    assert parts(people, "gender") == {"female": 20, "male": 6, "other": 2}
    assert parts(people, "age") == {"1975-1979": 28}
    assert parts(people, "relationship") == {"father": 1, "mother": 1, None: 26}
    assert parts(people, "quarter") == {"2019-1": 28}
    others.record("session-x", family("person-0"), occurred_on="2019-05-01", mode="online")
    assert parts(people, "quarter") == {"2019-1": 28, "2019-2": 1}
    assert parts(people, "times") == {"1": 27, "2-4": 1}
    assert parts(people, "quarter", as_of="2021-08-01") == {}
    (said,) = people.get(f"{PLACE}/quarter").json["explanations"]
    assert said == "All parts add up to 29 people, who are 28: 1 person is in more than one part."
    assert people.get(f"{PLACE}/weather").status_code == 404
    assert people.get("/contracts/kachi-2/figures/outcome-1/n/by/gender").status_code == 404


def test_small_cells_leave_the_agency_only_with_a_reason(
    people: Client, as_user: Callable[[str], Client], app: Flask, accounts: Accounts
) -> None:
    held = {"female": None, "male": 6, "other": None}
    assert parts(people, "gender", audience="funder") == held
    browser = page_client(app, accounts, "leader")

    def rows() -> list[list[str]]:
        text = browser.get(f"{PAGE}/gender/parts.csv").text.removeprefix("\ufeff")
        return list(csv.reader(StringIO(text)))[1:5]

    assert rows() == [["Female", "<5", "<5"], ["Male", "6", "6"], ["Other", "<5", "<5"], ["Whole", "28", "28"]]
    page = browser.get(f"{PAGE}/gender").text
    assert "hold these parts back" in page
    assert '<span class="on-screen">2</span><span class="on-paper">&lt;5</span>' in page
    assert as_user("worker").put(f"{PLACE}/gender/release", {"reason": "consented"}, version=0).status_code == 403
    wrong = people.put(f"{PLACE}/gender/release", {"reason": "because"}, version=0)
    assert (wrong.status_code, wrong.json["fields"][0]["path"]) == (422, "reason")
    assert people.put(f"{PLACE}/mode/release", {"reason": "consented"}, version=0).status_code == 409
    assert people.put(f"{PLACE}/gender/release", {"reason": "consented"}, version=0).status_code == 200
    assert [row[1] for row in rows()] == ["20", "6", "2", "28"]
    form = {"version": "1", "idempotency_key": "back"}
    assert browser.post(f"{PAGE}/gender/release", data=form).status_code == 303
    assert parts(people, "gender", audience="funder") == held


def test_the_pages_and_files_are_whole(people: Client, app: Flask, accounts: Accounts) -> None:
    browser: FlaskClient = page_client(app, accounts, "leader")
    assert f'href="{PAGE}/quarter"' in browser.get(PAGE.removesuffix("/by")).text
    for by in ("quarter", "team", "kind", "mode", "gender", "age", "district", "role", "relationship", "continuing"):
        assert browser.get(f"{PAGE}/{by}").status_code == 200, by
    assert browser.get(f"{PAGE}/gender/parts.xlsx").data.startswith(b"PK")
    assert browser.get(f"{PAGE}/gender/parts.pdf").status_code == 404
