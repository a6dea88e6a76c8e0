"""Names are asked of the case service as the signed-in person, and are simply missing when it does not answer."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Blueprint, render_template_string, request
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from shared.auth.accounts import Accounts
from shared.auth.identity import requires
from shared.service import Service
from shared.testing.people import api_client, page_client
from shared.web.app import build_app
from shared.web.names import names_of

bp = Blueprint("roster", __name__)


@bp.get("/roster")
@requires("worker")
def roster() -> Any:
    names = names_of(request.args.getlist("id"))
    page = "{% import 'components.html' as ui %}{{ ui.names_notice() }}{{ names | tojson }}"
    return render_template_string(page, names=names)


@pytest.fixture
def case_service() -> Iterator[tuple[str, list[Any]]]:
    """Another process in this place: answers like the case service, and keeps what it was asked."""
    asked: list[Any] = []

    @Request.application
    def answer(incoming: Request) -> Response:
        asked.append((incoming.path, incoming.headers["Authorization"], json.loads(incoming.data)))
        names = {"person-1": {"label": "陳大文", "client_number": "W-001"}}
        return Response(json.dumps({"names": names}), mimetype="application/json")

    server = make_server("127.0.0.1", 0, answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    thread.join()
    server.server_close()


def app_at(diary: Service, public_url: str) -> Any:
    return build_app(replace(diary, settings=replace(diary.settings, public_url=public_url)), "shared", blueprints=[bp])


def test_names_are_asked_with_the_persons_own_session(
    diary: Service, people: Accounts, case_service: tuple[str, list[Any]]
) -> None:
    url, asked = case_service
    app = app_at(diary, url)
    page = page_client(app, people, "worker").get("/case/roster?id=person-1&id=person-2")
    assert json.loads(page.text) == {"person-1": "陳大文"}
    (path, authorization, body) = asked[0]
    assert (path, body) == ("/case/api/v1/names", {"person_ids": ["person-1", "person-2"]})
    who = people.identity_of(authorization.removeprefix("Bearer "))
    assert who is not None
    assert who.account_id == "account-worker"
    api_client(app, people, "worker").get("/case/roster")
    assert len(asked) == 1


def test_a_page_without_the_case_service_shows_codes_and_says_so(diary: Service, people: Accounts) -> None:
    app = app_at(diary, "http://127.0.0.1:9")
    page = page_client(app, people, "worker").get("/case/roster?id=person-1")
    assert page.status_code == 200
    assert page.text.endswith("{}")
    assert "Names cannot be shown" in page.text
