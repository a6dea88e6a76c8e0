"""What questionnaires and stages of cases would move in reports that were sent is read before they are saved."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from shared.serviceunit import effects
from tests.contract.case.conftest import CASE, MOTHER, Client
from tests.contract.case.test_case_pages import send

PERIOD = {"contract": "家持II", "period": {"from": "2026-01-01", "to": "2026-03-31"}, "report": 2, "figures": []}


@pytest.fixture
def asked_effects(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What was asked of reporting, which says that a report of the first quarter is touched."""
    asked: list[dict[str, Any]] = []

    def ask(path: str, body: dict[str, Any], **_: Any) -> dict[str, Any]:
        asked.append({name: value for name, value in body.items() if value})
        return {"items": [PERIOD]}

    monkeypatch.setattr(effects, "ask", ask)
    return asked


def twice(browser: FlaskClient, page: str, action: str, **form: Any) -> tuple[TestResponse, TestResponse]:
    """Save a form, read what it would move, and save again."""
    first = send(browser, page, action, **form)
    read = dict(re.findall(r'name="(effects_read)" value="(\w+)"', first.text))
    return first, send(browser, page, action, **form, **read)


def test_a_case_closed_on_a_day_gone_by_is_saved_once_its_effects_were_read(
    browser: FlaskClient, worker: Client, family: str, asked_effects: list[dict[str, Any]]
) -> None:
    page = f"/case/cases/{CASE}"
    unread, saved = twice(browser, page, f"{page}/close", on="2026-05-20", reason="goals_met")
    assert "Report 2" in unread.text
    assert 'value="2026-05-20"' in unread.text
    assert (unread.status_code, saved.status_code) == (200, 303)
    assert worker.get(f"/cases/{CASE}").json["stage"] == "closed"
    assert asked_effects[0]["stages"][0] | {"stage": "closed", "on": "2026-05-20"} == asked_effects[0]["stages"][0]


def test_a_late_questionnaire_a_correction_and_a_void_are_saved_once_their_effects_were_read(
    browser: FlaskClient, worker: Client, family: str, asked_effects: list[dict[str, Any]]
) -> None:
    new = f"/case/assessments/new?person_id={MOTHER}&instrument=bdf20"
    form = {"phase": "pre", "assessed_on": "2026-03-02", "contract_id": "kachi-2", "language": "en", "total": "20"}
    unread, saved = twice(browser, new, new, **form)
    assert (unread.status_code, saved.status_code) == (200, 303)
    page = saved.location
    unread, corrected = twice(browser, f"{page}/correct", f"{page}/correct", **{**form, "total": "22"}, reason="other")
    assert (unread.status_code, corrected.status_code) == (200, 303)
    unread, voided = twice(browser, f"{page}/void", f"{page}/void", reason="duplicate")
    assert (unread.status_code, voided.status_code) == (200, 303)
    assert [list(one) for one in asked_effects[::2]] == [["scores"], ["scores"], ["ended"]]
    assert asked_effects[0]["scores"][0].keys().isdisjoint({"answers", "note", "risk"})
