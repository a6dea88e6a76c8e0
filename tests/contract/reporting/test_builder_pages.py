"""A contract written in steps: drafts, what they count now, putting one in force; two versions or days side by side."""

import re
from typing import Any

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient

from services.reporting.contracts.yamltext import as_json
from shared.auth.accounts import Accounts
from shared.testing.people import page_client
from tests.contract.reporting.conftest import KACHI, Client, Others, family, field_codes

COMPARE = "/reporting/contracts/kachi-2/compare"
DRAFTS = "/reporting/contracts/drafts"
STEPS = ("parties", "counting", "outputs", "outcomes", "targets", "deliverables", "review", "yaml")


@pytest.fixture
def document() -> dict[str, Any]:
    return as_json(yaml.safe_load(KACHI))


def _compared(leader: Client, **asked: Any) -> Any:
    return leader.client.get(f"{leader.api}/contracts/kachi-2/compare", query_string=asked)


def _begin(browser: FlaskClient, **form: str) -> str:
    """The address of a new draft."""
    answered = browser.post(DRAFTS, data=form)
    assert answered.status_code == 303
    return str(answered.location).removesuffix("/parties")


def _send(browser: FlaskClient, page: str, **fields: str | list[str]) -> Any:
    """Send the form of a page as a browser does, with some fields changed."""
    text = browser.get(page).text
    version = re.search(r'name="version" value="(\d+)"', text)
    assert version is not None
    return browser.post(page, data={"version": version[1], **fields})


def test_every_step_of_a_draft_is_a_page_in_both_languages(
    app: Flask, accounts: Accounts, leader: Client, browser: FlaskClient
) -> None:
    draft = _begin(browser, contract_id="kachi-2")
    chinese = page_client(app, accounts, "leader", ACCEPT_LANGUAGE="zh-HK")
    for step in (*STEPS, "outputs/0", "outputs/4", "outcomes/0", "outcomes/1"):
        assert browser.get(f"{draft}/{step}").status_code == 200, step
        assert chinese.get(f"{draft}/{step}").status_code == 200, step
    assert browser.get(f"{draft}/outputs/9").status_code == 404
    assert browser.get(f"{draft}/nothing").status_code == 404


def test_a_draft_is_its_authors_alone(app: Flask, accounts: Accounts, leader: Client, browser: FlaskClient) -> None:
    draft = _begin(browser, contract_id="kachi-2")
    assert page_client(app, accounts, "admin").get(f"{draft}/parties").status_code == 404
    assert page_client(app, accounts, "worker").get(f"{draft}/parties").status_code == 403
    assert _begin(browser, contract_id="kachi-2") == draft


def test_a_new_contract_is_built_without_yaml(browser: FlaskClient, leader: Client) -> None:
    draft = _begin(browser)
    assert "Please fill this in." in browser.get(f"{draft}/review").text
    first = {"title.en": "New families", "contract": "new-families", "period.from": "2021-01-01"}
    assert _send(browser, f"{draft}/parties", **first).status_code == 422
    assert _send(browser, f"{draft}/parties", **first, **{"period.to": "2021-12-31"}).status_code == 303
    added = _send(browser, f"{draft}/outputs", do="add:outputs")
    assert added.location == f"{draft}/outputs/0"
    filled = {"outputs.0.title.en": "Case work", "outputs.0.where.kind": ["case_session"]}
    assert _send(browser, f"{draft}/outputs/0", **filled).status_code == 303
    target = "outputs.0.measures.0.target"
    assert (
        _send(browser, f"{draft}/targets", **{f"{target}.basis": "total", f"{target}.total": "40"}).status_code == 303
    )
    published = browser.post(f"{draft}/publish", data={"idempotency_key": "once"})
    assert published.location == "/reporting/contracts/new-families"
    assert leader.get("/contracts/new-families").json["document"] == {
        "contract": "new-families",
        "title": {"en": "New families"},
        "period": {"from": "2021-01-01", "to": "2021-12-31"},
        "outputs": [
            {
                "id": "output-1",
                "title": {"en": "Case work"},
                "where": {"kind": ["case_session"]},
                "measures": [{"id": "persons", "measure": "headcount", "target": 40}],
            }
        ],
    }
    assert browser.get(f"{draft}/review").status_code == 404


def test_what_is_wrong_is_kept_and_named_beside_its_field(browser: FlaskClient, leader: Client) -> None:
    draft = _begin(browser, contract_id="kachi-2")
    answered = _send(browser, f"{draft}/targets", **{"outputs.0.measures.0.target.total": "sixty"})
    assert answered.status_code == 422
    assert "Write a number of at least 0" in answered.text
    review = browser.get(f"{draft}/review").text
    assert f"{draft}/targets#outputs.0.measures.0.target" in review
    assert f"{draft}/publish" not in review
    assert browser.post(f"{draft}/publish", data={"idempotency_key": "no"}).status_code == 422


def test_a_draft_changed_elsewhere_is_not_overwritten(browser: FlaskClient, leader: Client) -> None:
    draft = _begin(browser, contract_id="kachi-2")
    _send(browser, f"{draft}/deliverables", do="stay")
    stale = browser.post(f"{draft}/parties", data={"version": "1", "title.en": "Typed late"})
    assert stale.status_code == 412
    assert 'value="Typed late"' in stale.text
    assert "Typed late" not in browser.get(f"{draft}/parties").text


def test_the_yaml_is_the_same_document(browser: FlaskClient, leader: Client, document: dict[str, Any]) -> None:
    draft = _begin(browser, contract_id="kachi-2")
    document["title"]["en"] = "Written as text"
    text = yaml.safe_dump(document, allow_unicode=True)
    assert _send(browser, f"{draft}/yaml", yaml=text).status_code == 303
    assert 'value="Written as text"' in browser.get(f"{draft}/parties").text
    broken = _send(browser, f"{draft}/yaml", yaml="title: [")
    assert (broken.status_code, "title: [" in broken.text) == (422, True)


def test_an_indicator_shows_what_it_counts_now_and_what_it_leaves_out(
    browser: FlaskClient, leader: Client, others: Others
) -> None:
    others.record("session-1", family("person-m"))
    others.record("session-2", family("person-m", role="companion"))
    others.record("session-3", family("person-m"), status="cancelled")
    draft = _begin(browser, contract_id="kachi-2")
    page = browser.get(f"{draft}/outputs/1").text
    assert "Included: 1 sessions" in page
    assert "Left out: 2 sessions" in page
    assert "Nobody in the role that counts" in page
    sent = {"outputs.1.where.role": ["companion"], "outputs.1.where.kind": ["case_session"], "do": "stay"}
    assert "Included: 1 sessions" in _send(browser, f"{draft}/outputs/1", **sent).text
    assert leader.figures()["output-2/persons"] == 1


def test_before_a_version_is_put_in_force_it_is_said_what_moves(
    browser: FlaskClient, leader: Client, others: Others
) -> None:
    others.record("session-1", family("person-m", role="companion"))
    draft = _begin(browser, contract_id="kachi-2")
    _send(browser, f"{draft}/outputs/1", **{"outputs.1.where.role": ["companion"]})
    review = browser.get(f"{draft}/review").text
    assert "Counted after, not before 1" in review
    assert browser.post(f"{draft}/publish", data={"idempotency_key": "once"}).status_code == 303
    assert leader.get("/contracts/kachi-2").json["definition_version"] == 2
    assert leader.figures()["output-2/persons"] == 1


def test_a_draft_of_an_older_version_is_not_put_in_force(
    browser: FlaskClient, leader: Client, document: dict[str, Any]
) -> None:
    draft = _begin(browser, contract_id="kachi-2")
    _send(browser, f"{draft}/parties", **{"title.en": "Mine"})
    document["title"]["en"] = "Theirs"
    assert leader.put("/contracts/kachi-2", {"document": document}, version=1).status_code == 200
    assert browser.post(f"{draft}/publish", data={"idempotency_key": "late"}).status_code == 412


def test_a_draft_is_thrown_away(browser: FlaskClient, leader: Client) -> None:
    draft = _begin(browser, copy_of="kachi-2")
    assert draft.removeprefix("/reporting/") in browser.get("/reporting/contracts").text
    assert browser.post(f"{draft}/discard").location == "/reporting/contracts"
    assert draft not in browser.get("/reporting/contracts").text


def test_two_versions_stand_side_by_side_over_the_same_sessions(
    browser: FlaskClient, leader: Client, others: Others, document: dict[str, Any]
) -> None:
    others.record("session-1", family("person-m"))
    others.record("session-2", family("person-f"), minutes=20)
    document["counting"] = {"minimum_minutes": 30}
    document["outputs"][0]["measures"].pop()
    document["outputs"][0]["sentence"] = {"en": "{sessions}"}
    leader.put("/contracts/kachi-2", {"document": document}, version=1)
    compared = _compared(leader, before=1, after=2).json
    figures = {f"{one['indicator']}/{one['measure']}": one for one in compared["figures"]}
    persons = figures["output-2/persons"]
    assert (persons["before"]["actual"], persons["after"]["actual"]) == (2, 1)
    assert [(one["unit_id"], one["why"]) for one in persons["only_before"]] == [("session-2", "minimum_minutes")]
    assert (persons["only_after"], persons["other_people"], persons["same"]) == ([], [], False)
    assert (figures["output-1/attendances"]["after"], figures["output-3/persons"]["same"]) == (None, True)
    assert compared["before"]["cut"] == compared["after"]["cut"]
    page = browser.get("/reporting/contracts/kachi-2/compare").text
    assert "Counted before, not after 1" in page
    assert "Shorter than the minimum" in page
    assert _compared(leader, before=1, after=9).status_code == 404


def test_two_days_stand_side_by_side_each_as_it_was_known(browser: FlaskClient, leader: Client, others: Others) -> None:
    others.record("session-1", family("person-m"))
    same = _compared(leader, **{"from": "2021-08-02", "to": "2021-08-02"})
    assert all(one["same"] for one in same.json["figures"])
    assert same.json["before"]["as_of"] == "2021-08-02"
    assert "No figure and no target differs." in browser.get(f"{COMPARE}?from=2021-08-02&to=2021-08-02").text
    assert field_codes(_compared(leader, **{"from": "2021-08-02"})) == [("to", "two_days")]
    assert field_codes(_compared(leader, **{"from": "2021-08-02", "to": "2031-01-01"})) == [("to", "date_in_future")]
