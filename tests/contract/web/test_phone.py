"""What a phone may keep: which page, for whom, under whose key; and that nobody sends what another has typed."""

from urllib.parse import unquote

import pytest
from flask import Flask, render_template_string

from services.reporting import phone
from shared.auth.accounts import Accounts
from shared.auth.identity import requires
from shared.auth.roles import RECORDERS
from shared.service import Service
from shared.testing.people import page_client
from shared.web.app import build_app
from shared.web.phone import KEPT
from tests.contract.web.conftest import pages as diary_pages

FORM = """{% extends "shell.html" %}{% import "components.html" as ui %}{% block content %}
{% call ui.form("/case/diary", offline="記錄 · RF-001") %}{{ ui.field("title", "Title") }}{% endcall %}{% endblock %}"""


@pytest.fixture
def app(diary: Service) -> Flask:
    """The diary with a form that works without a connection, and with what stands at the root."""
    app = build_app(diary, "services.case", root_blueprints=[phone.bp], blueprints=[diary_pages])

    @requires(*RECORDERS)
    def form() -> str:
        return render_template_string(FORM)

    app.add_url_rule("/case/diary/form", "form", form)
    return app


def test_a_page_says_for_whom_it_may_be_kept(app: Flask, people: Accounts) -> None:
    worker = page_client(app, people, "worker")
    kept = worker.get("/case/diary/form").headers[KEPT]
    account, label = kept.split(" ")
    assert unquote(label) == "記錄 · RF-001"
    page = worker.get("/case/diary/form").text
    assert f'name="author" value="{account}"' in page
    assert f'data-account="{account}"' in page
    assert KEPT not in worker.get("/case/diary").headers
    assert KEPT not in app.test_client().get("/case/diary/form").headers


def test_a_form_that_one_person_opened_is_not_saved_by_another(app: Flask, people: Accounts) -> None:
    worker, leader = page_client(app, people, "worker"), page_client(app, people, "leader")
    author = worker.get("/case/diary/form").headers[KEPT].split(" ")[0]
    sent = {"title": "x", "idempotency_key": "k", "author": author}
    refused = leader.post("/case/diary", data=sent)
    assert (refused.status_code, refused.headers["X-Caseledger-Problem"]) == (403, "other_author")
    assert worker.post("/case/diary", data=sent).status_code == 303
    # Sent again from the phone, where it was also given a label: still the same request.
    assert worker.post("/case/diary", data=sent | {"kept_as": "記錄", "kept_id": "k"}).status_code == 303
    assert worker.post("/case/diary", data=sent | {"title": "y"}).status_code == 422


def test_every_account_has_a_key_of_its_own_and_nobody_else_gets_it(app: Flask, people: Accounts) -> None:
    answers = [page_client(app, people, role).get("/on-this-phone/key") for role in ("worker", "leader", "worker")]
    worker, leader, again = (answer.get_json() for answer in answers)
    assert worker == again
    assert worker["key"] != leader["key"]
    assert answers[0].headers["Cache-Control"] == "no-store"
    assert page_client(app, people, "funder").get("/on-this-phone/key").status_code == 403
    assert app.test_client().get("/on-this-phone/key").status_code == 303  # To the sign-in.


def test_the_worker_stands_at_the_root_and_is_looked_for_anew(app: Flask) -> None:
    with app.test_client().get("/worker.js") as answer:
        assert (answer.mimetype, answer.headers["Cache-Control"]) == ("text/javascript", "no-cache")
