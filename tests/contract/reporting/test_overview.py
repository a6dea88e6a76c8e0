"""Many contracts at one look: an agency's as they stand, a funder's as they were submitted, of several agencies."""

import csv
import json
from collections.abc import Callable
from io import BytesIO, StringIO
from typing import Any

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient

from shared.auth.accounts import Accounts
from shared.testing.people import OTHER_AGENCY, page_client
from tests.contract.reporting.conftest import KACHI, Client, Others, Periods, family

PAGE = "/reporting/overview"
FIRST = "2018-11-30"
Browse = Callable[..., FlaskClient]


@pytest.fixture
def browse(app: Flask, accounts: Accounts) -> Browse:
    return lambda username, **headers: page_client(app, accounts, username, **headers)


@pytest.fixture
def two(leader: Client, others: Others) -> Client:
    """Two contracts that share a mother; each has a session of hers, the first a father besides."""
    document = {**yaml.safe_load(KACHI), "contract": "second"}
    assert leader.post("/contracts", {"document": json.loads(json.dumps(document, default=str))}).status_code == 201
    others.record("session-1", family("person-m", "person-f"), occurred_on="2018-07-02")
    segments = [{"contract_id": "second", "minutes": None}]
    others.record("session-2", family("person-m"), occurred_on="2018-07-03", segments=segments)
    return leader


def overview(client: Client, **asked: Any) -> dict[str, Any]:
    answered = client.get("/overview", **asked)
    assert answered.status_code == 200, answered.json
    return dict(answered.json)


def test_an_agency_counts_people_of_several_contracts_once(two: Client, others: Others) -> None:
    found = overview(two)
    assert [one["contract_id"] for one in found["items"]] == ["kachi-2", "second"]
    assert [one["sums"]["people"] for one in found["items"]] == [2, 1]
    totals = found["totals"]
    assert (totals["people"]["exact"], totals["sessions"], totals["attendances"], totals["minutes"]) == (2, 2, 3, 120)
    # What is kept ready follows what arrives, a merge too.
    others.merge("person-f", "person-m")
    assert overview(two)["totals"]["people"]["exact"] == 1


def test_a_funder_sees_what_was_submitted_of_each_contract(two: Client, periods: Periods, as_user: Any) -> None:
    funder = as_user("funder")
    (unsent,) = overview(funder)["items"]
    assert (unsent["contract_id"], unsent["report"], unsent["measures"]) == ("kachi-2", None, None)
    periods.report(FIRST)
    (sent,) = overview(funder)["items"]
    assert sent["report"] == {"to": FIRST, "number": 1, "standing": "submitted"}
    assert (sent["sums"]["people"], sent["sums"]["sessions"]) == (2, 1)
    assert {one["standing"] for one in sent["measures"]} == {"behind"}
    assert overview(funder, to="2018-10-01")["items"][0]["report"] is None
    periods.post(FIRST, "reports/1/accept")
    assert overview(funder)["items"][0]["report"]["standing"] == "accepted"


def test_a_funder_of_two_agencies_gets_bounds_and_no_number_of_people(
    two: Client, periods: Periods, as_user: Any, accounts: Accounts, browse: Browse, clock: Any, others: Others
) -> None:
    periods.report(FIRST)
    foreign = as_user("foreign-leader")
    document = json.loads(json.dumps(yaml.safe_load(KACHI), default=str))
    assert foreign.post("/contracts", {"document": document}).status_code == 201
    others.record("session-9", family("person-x"), agency=OTHER_AGENCY, occurred_on="2018-07-02")
    assert Periods(foreign).report(FIRST)
    funder, elsewhere = as_user("funder"), f"{OTHER_AGENCY}~kachi-2"
    assert funder.get(f"/contracts/{elsewhere}/report").status_code == 404
    accounts.let_read(OTHER_AGENCY, "funder", ["kachi-2"])
    funder = as_user("funder")
    found = overview(funder)
    assert [one["contract_id"] for one in found["items"]] == ["kachi-2", elsewhere]
    assert found["totals"]["people"] == {"exact": None, "at_least": 2, "at_most": 3}
    assert (found["totals"]["sessions"], found["totals"]["agencies"]) == (2, 2)
    assert any("Agencies do not share" in text for text in found["explanations"])
    assert {one["contract_id"] for one in funder.get("/contracts").json["items"]} == {"kachi-2", elsewhere}
    page = browse("funder")
    for address in ("", "/periods", f"/periods/{FIRST}/reports/1", "/export"):
        shown = page.get(f"/reporting/contracts/{elsewhere}{address}")
        assert (shown.status_code, shown.text.count(f"contracts/{elsewhere}") > 0) == (200, True), address
    assert "2 to 3" in page.get(PAGE).text
    # It ends as it began.
    accounts.let_read(OTHER_AGENCY, "funder", [])
    assert as_user("funder").get(f"/contracts/{elsewhere}/report").status_code == 404


def test_only_its_own_agency_lets_a_contract_be_read(as_user: Any, app: Flask, accounts: Accounts) -> None:
    browser = page_client(app, accounts, "foreign-admin")
    form = {"funder": "funder", "contracts": "kachi-2"}
    assert browser.post("/accounts/funders", data=form).status_code == 303
    assert as_user("funder").get("/contracts").status_code == 200
    assert browser.post("/accounts/funders", data={**form, "funder": "worker"}).status_code == 404
    from shared.auth.records import AccountChange
    from shared.errors import Invalid

    with pytest.raises(Invalid):
        AccountChange.of(display_name="Fund", role="funder", contract_ids=["agency-two~kachi-2"])
    # What others let an account read stays when its own agency changes it.
    change = AccountChange.of(display_name="Fund", role="funder", contract_ids=["second"])
    accounts.change_account("agency-one", "account-funder", change, by="account-admin")
    identity = accounts.sign_in("funder", "a quiet paper diary").identity
    assert identity.contract_ids == {"second", "agency-two~kachi-2"}
    assert accounts.account("agency-one", "account-funder").contract_ids == ("second",)


def test_contracts_are_chosen_and_paged(two: Client) -> None:
    assert overview(two, state="running")["totals"]["contracts"] == 0
    assert overview(two, kind="case_session", standing="not_met")["totals"]["contracts"] == 2
    assert overview(two, kind="visit")["items"] == []
    first = overview(two, limit=1)
    assert (len(first["items"]), first["next"]) == (1, "kachi-2")
    assert [one["contract_id"] for one in overview(two, after=first["next"])["items"]] == ["second"]
    assert two.get("/overview", state="sleeping").status_code == 422


def test_the_page_says_what_its_numbers_are_and_is_taken_away(two: Client, browse: Browse) -> None:
    leader = browse("leader")
    page = leader.get(PAGE).text
    for text in ("Contracts at one look", "People are counted once", "Kachi II", f"{PAGE}.xlsx"):
        assert text in page
    assert leader.get(f"{PAGE}?state=ended&kind=case_session").status_code == 200
    assert leader.get(f"{PAGE}?from=soon").status_code == 422
    rows = list(csv.DictReader(StringIO(leader.get(f"{PAGE}.csv").text.removeprefix("\ufeff"))))
    assert {row["contract"] for row in rows} == {"kachi-2", "second"}
    assert {row["standing"] for row in rows} == {"Not met"}
    from openpyxl import load_workbook

    book = load_workbook(BytesIO(leader.get(f"{PAGE}.xlsx").data))
    together = [row for row in book.worksheets[0].iter_rows(values_only=True) if row[0] == "All together"]
    assert together[0][7:] == (2, 0, 2, 3, 2)
    assert browse("worker").get(PAGE).status_code == 403
    assert leader.get(f"{PAGE}.pdf").status_code == 404
