"""The monthly return on its page, as CSV, as a workbook and over the API; the files of a month are written once."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from services.reporting.returns.due import write_due
from services.reporting.returns.queries import month_of
from shared.auth.accounts import Accounts
from shared.service import Service
from shared.testing.clock import FixedClock
from shared.testing.people import AGENCY, OTHER_TEAM, TEAM, page_client
from tests.contract.reporting.conftest import NOW, Client, Others, family

PAGE = "/reporting/team/return"


@pytest.fixture
def july(others: Others) -> None:
    """A case of a family that is opened and assigned, an enquiry, and one session with a referral."""
    case = {"case_number": "F-1", "contract_id": None, "team_id": TEAM}
    others.store("case", "CaseRegistered", "case-1", case_id="case-1", kind="family", members=[], **case)
    others.store("case", "CaseOpened", "case-1", case_id="case-1", on="2021-07-05", members=[], **case)
    others.store("case", "CaseAssigned", "case-1", case_id="case-1", worker_id="account-worker", on="2021-07-05")
    others.store("case", "CaseEnquired", "case-2", case_id="case-2", on="2021-07-06", **case)
    others.store("case", "CaseEnquired", "case-3", case_id="case-3", on="2021-07-06", **{**case, "team_id": OTHER_TEAM})
    referral = {"person_id": "person-a", "destination": "housing", "on": "2021-07-08", "taken_up": None}
    others.record(
        "session-1",
        family("person-a"),
        occurred_on="2021-07-08",
        team_id=TEAM,
        minutes=90,
        served_by=["account-worker"],
        segments=[],
        referrals=[referral],
    )


@pytest.mark.usefixtures("july")
def test_the_last_month_is_told_by_team_and_worker(leader: Client) -> None:
    told = leader.get("/team/return").json
    assert told["month"] == "2021-07"
    by_worker = {one["worker"]: one for one in told["lines"] if one["team"] == TEAM}
    assert {one["team"] for one in told["lines"]} == {TEAM}
    cases = {"opened": 1, "active": 1, "closed": 0, "families": 1}
    given = {"referrals": 1, "sessions": 1, "attendances": 1, "hours": 1.5}
    assert by_worker["all"] == {"team": TEAM, "worker": "all", **cases, "enquiries": 1, **given}
    assert by_worker["account-worker"] == {"team": TEAM, "worker": "account-worker", **cases, "enquiries": 0, **given}
    assert by_worker[""]["enquiries"] == 1
    june = leader.get("/team/return", month="2021-06").json["lines"]
    assert [one["active"] for one in june] == [0]
    assert leader.get("/team/return", month="July").status_code == 422
    assert leader.get("/team/return", team=OTHER_TEAM).status_code == 403


@pytest.fixture
def browse(app: Flask, accounts: Accounts, leader: Client) -> Callable[[str], FlaskClient]:
    return lambda username: page_client(app, accounts, username)


@pytest.mark.usefixtures("july")
def test_the_page_and_its_files_say_the_same(browse: Callable[[str], FlaskClient]) -> None:
    leader = browse("leader")
    assert "Cases opened" in leader.get(PAGE).text
    csv = leader.get(f"{PAGE}/return.csv?month=2021-07").text.lstrip("\ufeff").splitlines()
    assert csv[1] == f"{TEAM},all,1,1,0,1,1,1,1,1,1.5"
    rows = [*load_workbook(BytesIO(leader.get(f"{PAGE}/return.xlsx?month=2021-07").data)).active.values]
    assert rows[1] == (TEAM, "all", 1, 1, 0, 1, 1, 1, 1, 1, 1.5)
    assert len(rows) == len(csv)
    assert leader.get(f"{PAGE}/return.doc").status_code == 404
    assert browse("worker").get(PAGE).status_code == 403


@pytest.mark.usefixtures("july", "leader")
def test_what_is_due_is_written_once(app: Flask, service: Service, clock: FixedClock, tmp_path: Path) -> None:
    month = month_of(None, NOW.date())

    def written() -> list[str]:
        with app.app_context():
            return [path.name for path in write_due(service, AGENCY, month, tmp_path, "en")]

    assert written() == ["monthly-return-2021-07.csv", "monthly-return-2021-07.xlsx"]
    assert written() == []
    while_it_ran = month_of("2021-05", NOW.date())
    with app.app_context():
        reports = [*write_due(service, AGENCY, while_it_ran, tmp_path, "en")]
        assert [path.suffix for path in reports] == [".csv", ".xlsx", ".xlsx", ".pdf", ".csv"]
        before = {path: path.read_bytes() for path in reports}
        reports[2].unlink()
        assert [*write_due(service, AGENCY, while_it_ran, tmp_path, "en")] == [reports[2]]
    assert all(path.read_bytes() == before[path] for path in reports if path.suffix != ".xlsx")
    assert not [path for path in tmp_path.rglob(".*") if path.is_file()]
