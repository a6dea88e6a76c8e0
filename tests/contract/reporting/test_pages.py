"""The pages: home, a contract, what stands behind a figure, what a session feeds, and the contract form."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import cast

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient

from services.reporting.figures import web
from services.reporting.figures.words import UNITS
from services.reporting.help.steps import steps_for
from services.reporting.today import web as today_web
from shared.auth.accounts import Accounts
from shared.auth.roles import Role
from shared.testing.clock import FixedClock
from shared.testing.people import ACCOUNTS, AGENCY, page_client
from shared.web.system import colours
from tests.contract.reporting.conftest import KACHI, Client, Others, Periods, family

CHINESE = {"ACCEPT_LANGUAGE": "zh-HK"}
CONTRACT = "/reporting/contracts/kachi-2"
Browse = Callable[..., FlaskClient]


@pytest.fixture
def browse(app: Flask, accounts: Accounts, leader: Client) -> Browse:
    return lambda username, **headers: page_client(app, accounts, username, **headers)


def test_a_contract_page_has_a_line_for_every_measure_and_the_sentences(browser: FlaskClient, others: Others) -> None:
    others.record("meeting-1", family("person-m", "person-f"))
    page = browser.get(CONTRACT).text
    assert page.count('class="measure"') == 15
    assert "1 sessions for 2 family members, 2 attendances." in page
    assert "299 short" in page
    assert "case:0,groups:1,outreach:0,reporting:1" in page


def test_the_language_changes_labels_only(browse: Browse, leader: Client, others: Others) -> None:
    others.record("meeting-1", family("person-m", "person-f"))
    english, chinese = browse("leader").get(CONTRACT).text, browse("leader", **CHINESE).get(CONTRACT).text
    assert "Deliverables" in english
    assert "Deliverables" not in chinese
    for page in (english, chinese):
        assert page.count("bullet-output-1-persons-title") == 2
    assert "向2位吸毒人士家人提供了1節" in chinese


def test_contracts_are_paged_and_today_shows_those_that_end_last(
    browser: FlaskClient, leader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for year in (2031, 2032):
        document = yaml.safe_load(KACHI) | {"contract": f"until-{year}"}
        document["period"] = {"from": "2021-01-01", "to": f"{year}-12-31"}
        assert leader.post("/contracts", {"document": document}).status_code == 201
    monkeypatch.setattr(today_web, "CONTRACTS_SHOWN", 2)
    monkeypatch.setattr(web, "CONTRACTS_SHOWN", 2)
    today = browser.get("/").text.split("<main")[1]
    assert today.index("/contracts/until-2032") < today.index("/contracts/until-2031")
    assert CONTRACT not in today
    assert "All 3 contracts" in today
    assert CONTRACT not in browser.get("/reporting/contracts").text
    assert CONTRACT in browser.get("/reporting/contracts?page=2").text


def test_a_contract_as_known_on_an_earlier_day(browser: FlaskClient, others: Others) -> None:
    others.record("meeting-1", family("person-m"))
    page = browser.get(f"{CONTRACT}?as_of=2021-07-01").text
    assert "0 sessions for 0 family members" in page
    assert browser.get(f"{CONTRACT}?as_of=yesterday").status_code == 422


def test_a_figures_page_shows_sessions_people_left_out_and_changes(browser: FlaskClient, others: Others) -> None:
    others.record("meeting-1", family("person-m", "person-f"))
    others.correct("meeting-1", family("person-m"))
    others.record("meeting-2", family("person-m"), status="cancelled")
    page = browser.get(f"{CONTRACT}/figures/output-1/attendances").text
    assert "every person counts once for each session" in page
    assert "2 → 1" in page
    assert "Attendance was wrong" in page
    assert "Worker" in page
    assert "Did not take place" in page
    assert "/reporting/units/meeting-1/figures" in page


def test_an_outcomes_page_shows_the_pairs(browser: FlaskClient, others: Others) -> None:
    others.record("session-1", family("person-m"))
    others.assess("assessment-1", "person-m", "pre", "2019-01-07", 14)
    others.assess("assessment-2", "person-m", "post", "2019-06-03", 9)
    page = browser.get(f"{CONTRACT}/figures/outcome-1/n").text
    assert "Improved" in page
    assert ">14<" in page.replace(" ", "")


def test_a_sessions_page_names_what_it_feeds(browser: FlaskClient, others: Others) -> None:
    others.record("session-1", family("person-m"))
    page = browser.get("/reporting/units/session-1/figures").text
    assert f"{CONTRACT}/figures/output-2/sessions" in page
    assert "Another kind of session" in page
    assert "/case/sessions/session-1" in page


def test_a_contract_is_registered_from_the_form(browse: Browse) -> None:
    browser = browse("admin")
    form = {"yaml": KACHI.replace("contract: kachi-2", "contract: kachi-3"), "idempotency_key": "key-1"}
    answered = browser.post("/reporting/contracts/new", data=form)
    assert (answered.status_code, answered.location) == (303, "/reporting/contracts/kachi-3")
    assert browser.get(answered.location).status_code == 200


def test_a_wrong_document_comes_back_with_every_path_named(browse: Browse) -> None:
    wrong = KACHI.replace("measure: headcount", "measure: heads").replace("at_least: 0.7", "at_least: 70")
    answered = browse("admin", **CHINESE).post(
        "/reporting/contracts/new", data={"yaml": wrong, "idempotency_key": "key-1"}
    )
    assert answered.status_code == 422
    assert "outputs.0.measures.0.measure" in answered.text
    assert "outcomes.0.success.any.0.share_improved.at_least" in answered.text
    assert "請以0至1之間的數字填寫比率" in answered.text


def test_a_contract_is_changed_from_its_page(browser: FlaskClient) -> None:
    form = browser.get(f"{CONTRACT}/revise").text
    assert "kachi-2" in form
    assert 'name="version" value="1"' in form
    changed = KACHI.replace("target: 300", "target: 280")
    answered = browser.post(f"{CONTRACT}/revise", data={"yaml": changed, "version": "1", "idempotency_key": "key-1"})
    assert answered.status_code == 303
    assert "/ 280" in " ".join(browser.get(CONTRACT).text.split())


def test_a_deliverable_is_marked_done(browser: FlaskClient) -> None:
    form = {"done_on": "2021-05-01", "version": "1", "idempotency_key": "key-1"}
    answered = browser.post(f"{CONTRACT}/deliverables/handbook", data=form)
    assert answered.status_code == 303
    page = browser.get(CONTRACT).text
    assert "Sat 1 May 2021" in page


def test_a_funder_sees_what_was_submitted_without_what_is_behind_it(
    browse: Browse, others: Others, periods: Periods
) -> None:
    others.record("session-1", family("person-m"), occurred_on="2018-07-02")
    funder = browse("funder")
    assert "No report of this contract has been submitted yet" in funder.get(CONTRACT).text
    periods.report("2018-11-30")
    page = funder.get(CONTRACT).text
    assert f'href="{CONTRACT}/periods/2018-11-30/reports/1"' in page
    assert "/figures/" not in page
    assert funder.get(f"{CONTRACT}/figures/output-2/sessions").status_code == 403
    assert funder.get("/reporting/contracts/new").status_code == 403
    assert "Kachi II" in funder.get("/").text


def test_a_worker_may_look_but_not_change_a_contract(browse: Browse) -> None:
    worker = browse("worker")
    assert "/revise" not in worker.get(CONTRACT).text
    assert worker.get(f"{CONTRACT}/revise").status_code == 403


def test_nobody_signed_in_is_led_to_the_sign_in(app: Flask, leader: Client) -> None:
    answered = app.test_client().get(CONTRACT)
    assert answered.status_code in (302, 303, 401)


def test_the_components_are_shown_in_both_themes_to_everybody_signed_in(browse: Browse) -> None:
    page = browse("funder").get("/components").text
    assert page.count('class="sample" data-theme="light"') == page.count('class="sample" data-theme="dark"') == 1
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert len(re.findall(r'class="role-[a-z-]+"', page)) == 2 * len(colours())


def test_a_contract_page_says_what_is_still_needed_and_what_each_month_brought(
    browser: FlaskClient, others: Others, clock: FixedClock
) -> None:
    clock.moment = datetime(2019, 5, 31, 2, 0, tzinfo=UTC)
    others.record("meeting-1", family("person-m", "person-f"))
    page = browser.get(CONTRACT).text
    assert "expected by now: 99.9" in page
    assert "needs 12.4 a month" in page
    assert page.count('class="bars"') == 15
    months = page[page.index("Month by month") :]
    assert months.index("May 2019") < months.index("Mar 2019") < months.index("Jun 2018")
    assert "Jun 2019" not in page


def test_an_outcome_shows_who_is_left_at_each_step_and_how_far_scores_changed(
    browser: FlaskClient, others: Others
) -> None:
    def pair(number: int) -> None:
        others.record(f"session-{number}", family(f"person-{number}"))
        others.assess(f"assessment-{number}-a", f"person-{number}", "pre", "2019-01-07", 14)
        others.assess(f"assessment-{number}-b", f"person-{number}", "post", "2019-06-03", 14 - number % 3)

    for number in range(9):
        pair(number)
    page = browser.get(CONTRACT).text
    assert "With a pre-test" in page
    assert "How far scores changed" not in page  # Nine people are so few that single scores could be guessed.
    pair(9)
    assert "From −2 to 0 points; n = 10." in browser.get(CONTRACT).text


def test_the_contracts_of_a_funder_are_chosen_by_title(browse: Browse, accounts: Accounts) -> None:
    admin = browse("admin")
    choice = re.search(r'name="contract_ids" value="kachi-2"[^>]*>\s*<span>([^<]+)</span>', admin.get("/accounts").text)
    assert choice is not None
    form = {"display_name": "Fund", "role": "funder", "username": "fund", "contract_ids": ["kachi-2", "older"]}
    assert admin.post("/accounts", data=form).status_code == 200
    (made,) = [one for one in accounts.list_accounts(AGENCY) if one.username == "fund"]
    assert made.contract_ids == ("kachi-2", "older")
    assert f"{choice[1]}, older" in admin.get("/accounts").text
    page = admin.get(f"/accounts/{made.account_id}").text
    assert page.count('name="contract_ids"') == page.count("checked><span>") - 1 == 2  # and the role


def test_a_choice_is_kept_under_a_name_and_stands_on_its_page_and_at_home(browse: Browse, others: Others) -> None:
    others.record("meeting-1", family("person-m"))
    figure = f"{CONTRACT}/figures/output-1/attendances"
    leader, chosen = browse("leader"), f"{figure}?month=2019-03"
    assert "/filters" not in leader.get(figure).text
    page = leader.get(f"{chosen}&page=1&team=").text
    assert f'name="address" value="{chosen}"' in page
    assert leader.post("/filters", data={"name": "三月", "address": chosen}).location == chosen
    for address in (chosen, figure, "/"):
        assert f'<a href="{chosen}"' in (page := leader.get(address).text)
        assert "三月" in page
    assert "三月" not in browse("admin").get(figure).text
    (forget,) = re.findall(r'action="(/filters/[^"]+/forget)"', leader.get(chosen).text)
    assert leader.post(forget, data={"address": "//elsewhere.example"}).location == "/"
    assert "三月" not in leader.get(figure).text
    nameless = leader.post("/filters", data={"name": "", "address": chosen})
    assert (nameless.status_code, "Give it a short name." in leader.get(chosen).text) == (303, True)


@pytest.mark.parametrize("username", ["assistant", "worker", "leader", "admin", "funder"])
def test_first_steps_stand_at_home_until_they_are_put_away_and_come_back_from_help(
    browse: Browse, username: str
) -> None:
    somebody = browse(username)
    shown = somebody.get("/").text
    steps = steps_for(cast("Role", ACCOUNTS[username][1]))
    assert len(steps) >= 2
    assert all(f'<li><a href="{step.url}">{step.title}' in shown for step in steps)
    assert somebody.post("/first-steps").location == "/"
    assert "first-steps" not in somebody.get("/").text
    assert somebody.post("/first-steps", data={"again": "1"}).location == "/"
    assert 'id="first-steps"' in somebody.get("/").text


def test_every_unit_leads_to_what_it_counts(browse: Browse, leader: Client) -> None:
    page, help_page = browse("funder").get("/help").text, browse("leader", **CHINESE).get("/help").text
    assert all(f'<div id="{unit}">' in page for unit in UNITS)
    assert 'href="/help#attendances">attendances</a>' in browse("leader").get(CONTRACT).text
    assert 'href="/help#attendances"' in browse("leader").get(f"{CONTRACT}/figures/output-1/attendances").text
    for shown in (page, help_page):
        for words in ("人次", "attendances", "跨專業支援", "cross-professional support", "身份證號碼"):
            assert words in shown
    assert "例子中為24人次" in help_page
