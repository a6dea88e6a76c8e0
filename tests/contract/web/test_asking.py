"""Several services are asked side by side, each answer is told from the others, and silence is none of them."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Blueprint, jsonify
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from shared.auth.accounts import Accounts
from shared.auth.identity import requires
from shared.service import Service
from shared.testing.people import page_client
from shared.web.app import build_app
from shared.web.asking import ask_each

bp = Blueprint("several", __name__)


@bp.get("/several")
@requires("worker")
def several() -> Any:
    return jsonify(ask_each(("/case/day", {"n": 1}), ("/groups/broken", {"n": 2}), ("/outreach/day", {"n": 3})))


@pytest.fixture
def neighbours() -> Iterator[str]:
    """Services that answer only once all three are asked; one of them badly."""
    all_asked = threading.Barrier(3, timeout=10)

    @Request.application
    def answer(incoming: Request) -> Response:
        all_asked.wait()
        status = 500 if "broken" in incoming.path else 200
        return Response(json.dumps({"path": incoming.path, **json.loads(incoming.data)}), status=status)

    server = make_server("127.0.0.1", 0, answer, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_they_are_asked_side_by_side_and_answer_in_the_order_asked(
    diary: Service, people: Accounts, neighbours: str
) -> None:
    settings = replace(diary.settings, public_url=neighbours)
    app = build_app(replace(diary, settings=settings), "shared", blueprints=[bp])
    answer = page_client(app, people, "worker").get("/case/several").json
    assert answer == [{"path": "/case/day", "n": 1}, None, {"path": "/outreach/day", "n": 3}]
