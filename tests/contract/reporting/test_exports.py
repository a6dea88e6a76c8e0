"""Reports as files over HTTP: every format, in both languages, for those who may see them; and forms filled in."""

import csv
import json
from collections.abc import Callable
from io import BytesIO, StringIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from services.reporting.exports.rendering import FORMATS
from services.reporting.submissions import heads
from shared.auth.accounts import Accounts
from shared.testing.people import page_client
from tests.contract.reporting.conftest import Client, Others, Periods, family

REPORT = "/reporting/contracts/kachi-2"


@pytest.fixture
def told(leader: Client, others: Others) -> Client:
    others.record("meeting-1", family("person-m", "person-f"))
    return leader


def form() -> bytes:
    from xlsxwriter import Workbook

    file = BytesIO()
    with Workbook(file) as book:
        book.add_worksheet("Form").write_string("A1", "{{output_1.attendances.actual}}")
    return file.getvalue()


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_comes_as_a_file_with_its_type(told: Client, name: str) -> None:
    answer = told.get(f"/contracts/kachi-2/report.{name}", language="en")
    assert answer.status_code == 200, answer.text
    assert answer.content_type == FORMATS[name].media_type
    assert f'filename="kachi-2-2021-08-02-en.{name}"' in answer.headers["Content-Disposition"]


def test_the_same_report_is_the_same_file_whenever_it_is_asked_for(told: Client, clock: Any) -> None:
    from datetime import timedelta

    files = []
    for _ in range(2):
        files.append([told.get(f"/contracts/kachi-2/report.{name}").data for name in FORMATS])
        clock.moment += timedelta(hours=3)
    assert files[0] == files[1]


def test_a_day_and_a_cut_are_what_was_known_then(told: Client, others: Others) -> None:
    cut = told.report()["cut"]
    others.record("meeting-2", family("person-m"))
    for asked, expected in (({}, 3), ({"cut": cut}, 2), ({"as_of": "2021-08-01"}, 0)):
        outputs = json.loads(told.get("/contracts/kachi-2/report.json", **asked).data)["outputs"]
        assert outputs[2]["actual"] == expected


def test_words_are_in_the_language_that_is_asked_for_else_the_readers(told: Client, browser: FlaskClient) -> None:
    def columns(**asked: str) -> str:
        text = told.get("/contracts/kachi-2/report.csv", **asked).data.decode().removeprefix("\ufeff")
        return next(csv.reader(StringIO(text)))[2]

    assert (columns(language="zh-Hant"), columns(language="en")) == ("項目", "Measure")
    chinese = {"Accept-Language": "zh-HK,zh;q=0.9"}
    assert "項目" in browser.get(f"{REPORT}/report.csv", headers=chinese).text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("kachi-2/report.exe", 404),
        ("nothing/report.pdf", 404),
        ("kachi-2/report.pdf?language=fr", 422),
        ("kachi-2/report.pdf?as_of=soon", 422),
        ("kachi-2/report.pdf?cut=nonsense", 422),
    ],
)
def test_what_there_is_not_is_refused(told: Client, browser: FlaskClient, path: str, status: int) -> None:
    assert told.client.get(f"/reporting/api/v1/contracts/{path}").status_code == status
    assert browser.get(f"/reporting/contracts/{path}").status_code == status


def test_a_funder_gets_its_own_report_and_never_the_evidence(
    told: Client, periods: Periods, as_user: Callable[[str], Client], app: Flask, accounts: Accounts
) -> None:
    funder = as_user("funder")
    assert funder.get("/contracts/kachi-2/report.pdf").json["code"] == "no_report_yet"
    periods.report("2018-11-30")
    assert funder.get("/contracts/kachi-2/report.pdf").status_code == 200
    assert funder.get("/contracts/other/report.pdf").status_code == 404
    assert funder.get("/contracts/kachi-2/report.xlsx", audience="staff").status_code == 403
    page = page_client(app, accounts, "funder").get(f"{REPORT}/export").text
    assert "report.pdf" in page
    assert "audience=staff" not in page


def test_the_page_offers_every_format_for_what_is_looked_at(browser: FlaskClient) -> None:
    assert f'href="{REPORT}/export?as_of=2021-08-01"' in browser.get(f"{REPORT}?as_of=2021-08-01").text
    page = browser.get(f"{REPORT}/export?as_of=2021-08-01").text
    for name in FORMATS:
        assert f"{REPORT}/report.{name}?as_of=2021-08-01" in page


def test_a_form_that_is_sent_comes_back_filled_in(told: Client, browser: FlaskClient) -> None:
    from openpyxl import load_workbook

    answer = browser.post(f"{REPORT}/export", data={"file": (BytesIO(form()), "form.xlsx")})
    assert answer.status_code == 200, answer.text
    assert load_workbook(BytesIO(answer.data))["Form"]["A1"].value == 2


@pytest.mark.parametrize("file", [None, (BytesIO(b"no workbook"), "form.xlsx")])
def test_a_wrong_form_is_said_on_the_page(browser: FlaskClient, file: Any) -> None:
    answer = browser.post(f"{REPORT}/export", data={"file": file} if file else {})
    assert answer.status_code == 422
    assert 'id="file-error"' in answer.text


def test_a_report_that_was_sent_is_the_same_file_whatever_comes_later(
    told: Client, others: Others, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heads, "ask", lambda path, _: {"position": others.positions.get(path.split("/")[1], 0)})
    period = Periods(told)
    period.lock("2018-11-30")
    assert period.draft("2018-11-30", {"output-1/sessions": "因疫情關係"}).status_code == 200
    period.submit("2018-11-30")
    path = "/contracts/kachi-2/periods/2018-11-30/reports/1/report"

    def files() -> list[bytes]:
        return [told.get(f"{path}.{name}", language="zh-Hant").data for name in FORMATS]

    before = files()
    assert "因疫情關係" in before[[*FORMATS].index("csv")].decode()
    others.record("meeting-9", family("person-z"), occurred_on="2018-07-01")
    others.correct("meeting-1", family("person-m"))
    assert files() == before
    page = told.client.get("/reporting/contracts/kachi-2/periods/2018-11-30/reports/1")
    assert page.status_code == 200
    assert told.get(f"{path}.exe").status_code == 404
    assert told.get("/contracts/kachi-2/periods/2018-11-30/reports/2/report.pdf").status_code == 404
