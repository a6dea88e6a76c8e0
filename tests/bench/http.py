"""Commands per second over HTTP: a session recorded through the real server against a bare route with one INSERT."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import date, timedelta
from http.client import HTTPConnection
from itertools import count
from typing import Any

from sqlalchemy import create_engine

from deploy.kafka.node import free_port
from services.cluster import Opened
from shared.ids import new_id
from shared.settings import load_settings
from shared.testing.people import PASSWORD
from tests.bench.cluster import databases, opened_anew
from tests.bench.environment import environment
from tests.bench.measure import Ratio, in_turns, seconds

CLIENTS = 4
FIRST_DAY = date(2020, 1, 1)
ROUNDS = 3
_PATIENCE = 60.0
_TABLE = "CREATE TABLE IF NOT EXISTS bare (id text PRIMARY KEY, body text NOT NULL)"
_ROW = "INSERT INTO bare (id, body) VALUES (%s, %s)"


def run(scale: float, server: str | None) -> Iterator[Ratio]:
    """The ratio, where there is a PostgreSQL server."""
    if server is None:
        return
    commands = max(CLIENTS, int(600 * scale) // CLIENTS * CLIENTS)
    with environment(CASELEDGER_BUS="", CASELEDGER_LOG_LEVEL="WARNING"), databases(server), opened_anew("case") as case:
        headers, body = a_case(case)
        with served("-m", "services.cli", "web", "case") as port, served("-m", "tests.bench.http") as bare_port:
            post_all(port, "/case/api/v1/sessions", headers, body, CLIENTS * 10)
            ours, other = in_turns(
                ROUNDS,
                lambda: post_all(port, "/case/api/v1/sessions", headers, body, commands),
                lambda: post_all(bare_port, "/", headers, body, commands),
            )
    yield Ratio(
        name="PostgreSQL: session over HTTP against a bare route", ours=ours, other=other, unit="commands/s", aim=0.4
    )


def a_case(case: Opened) -> tuple[dict[str, str], dict[str, Any]]:
    """An open case with one person: the headers of its worker, and a session to record again and again."""
    accounts, app = case.service.accounts, case.app().test_client()
    agency_id = accounts.create_agency("Bench")
    team_id = accounts.create_team(agency_id, "Team")
    accounts.create_account(
        agency_id, username="worker", password=PASSWORD, display_name="Worker", role="worker", team_ids=[team_id]
    )
    headers = {"Authorization": f"Bearer {accounts.sign_in('worker', PASSWORD).token}"}

    def made(path: str, body: dict[str, Any]) -> Any:
        answer = app.post(f"/case/api/v1/{path}", json=body, headers={**headers, "Idempotency-Key": new_id("key")})
        assert answer.status_code == 201, answer.text
        return answer.json

    person = made("people", {"alias": "Bench", "team_id": team_id, "roles": []})["person_id"]
    member = {"person_id": person, "relationship": "self", "from_date": "2020-01-01"}
    opening = {"kind": "person", "team_id": team_id, "stage": "open", "on": "2020-01-01", "members": [member]}
    case_id = made("cases", opening)["case_id"]
    return headers, {
        "kind": "case_session",
        "case_id": case_id,
        "minutes": 60,
        "activity": "follow_up",
        "participants": [{"person_id": person, "role": "drug_user"}],
    }


@contextmanager
def served(*command: str) -> Iterator[int]:
    """A server of the product's kind in a process of its own, at a free port."""
    port = free_port()
    process = subprocess.Popen([sys.executable, *command], env={**os.environ, "PORT": str(port)})
    try:
        _wait_until_it_listens(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _wait_until_it_listens(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            with closing(HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
                connection.request("GET", "/case/livez")
                connection.getresponse().read()
                return
        except OSError:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)


def post_all(port: int, path: str, headers: dict[str, str], session: dict[str, Any], commands: int) -> float:
    """Commands per second of some clients at once, each on a connection that stays open."""
    turns = count()

    def client(_: int) -> None:
        with closing(HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
            for _turn in range(commands // CLIENTS):
                # Nobody has hundreds of sessions on one day, which would all be compared.
                body = {**session, "occurred_on": (FIRST_DAY + timedelta(days=next(turns) % 2000)).isoformat()}
                own = {**headers, "Content-Type": "application/json", "Idempotency-Key": new_id("key")}
                connection.request("POST", path, json.dumps(body), own)
                answer = connection.getresponse()
                told = answer.read()
                assert answer.status == 201, told

    with ThreadPoolExecutor(CLIENTS) as pool:
        return commands / seconds(lambda: list(pool.map(client, range(CLIENTS))))


def bare_app() -> Callable[[dict[str, Any], Any], Any]:
    """The least that a Flask app can do for a command: read it, store it as one row, answer."""
    from flask import Flask, request

    engine = create_engine(load_settings().database_url("case"))
    with engine.begin() as connection:
        connection.exec_driver_sql(_TABLE)
    app = Flask(__name__)

    @app.post("/")
    def insert() -> tuple[dict[str, str], int]:
        given = request.get_json()
        own = new_id("row")
        with engine.begin() as connection:
            connection.exec_driver_sql(_ROW, (own, json.dumps(given)))
        return {"id": own}, 201

    return app


if __name__ == "__main__":
    from shared.web.server import Server

    Server(load_settings(), bare_app, stop=lambda: None).run()
