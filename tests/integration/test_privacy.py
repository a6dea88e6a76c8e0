"""Nothing outside case can name a person: every name, alias, phone and note of the demo is looked for everywhere.

Raw bytes are searched as UTF-8, as JSON escapes and as UTF-16; files include write-ahead logs. Only sealed bytes may
hold such a text, and encrypted bytes cannot be found.
"""

import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from deploy.demo.loader import Loader, Network, wait_until_ready
from deploy.demo.plan import steps
from deploy.demo.staff import PASSWORD
from deploy.demo.steps import Step
from services.operations.backup import back_up
from shared.ids import new_id
from tests.api_client import House
from tests.in_process import accepted_in, log_of
from tests.stories import visit_body

pytestmark = pytest.mark.demo

PRIVATE = ("name_zh", "name_en", "alias", "marks", "phone", "note", "reason_text", "name", "helpers")
OUTSIDE_CASE = ("groups", "outreach", "reporting", "bus")
PLACES = "/outreach/api/v1/places"


def private_texts(plan: Iterable[Step]) -> set[str]:
    """Every text of the demo that says who somebody is, or what was said about them."""
    return {
        text
        for step in plan
        if step.path != PLACES
        for name in PRIVATE
        for text in _texts(step.body.get(name))
        if len(text) > 1
    }


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
        if value.startswith("5550 "):
            yield value.replace(" ", "")
    elif isinstance(value, list):
        yield from value


def shapes(text: str) -> Iterator[bytes]:
    """How a text may stand in a file."""
    yield text.encode()
    yield json.dumps(text).strip('"').encode()
    yield json.dumps(text).strip('"').upper().replace("\\U", "\\u").encode()
    yield text.encode("utf-16-le")


class Search:
    """Looks for many texts at once: by their first bytes, then, where those stand, by the whole."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._by_key: dict[bytes, list[tuple[bytes, str]]] = {}
        for text in texts:
            for shape in shapes(text):
                self._by_key.setdefault(shape[:4], []).append((shape, text))
        by_first: dict[int, list[bytes]] = {}
        for key in self._by_key:
            by_first.setdefault(key[0], []).append(re.escape(key[1:]))
        branches = (re.escape(bytes([first])) + b"(?:" + b"|".join(rest) + b")" for first, rest in by_first.items())
        # Looking ahead lets matches overlap.
        self._keys = re.compile(b"(?=(" + b"|".join(branches) + b"))", re.DOTALL)

    def found_in(self, blob: bytes) -> set[str]:
        """The texts that stand in these bytes."""
        return {
            text
            for match in self._keys.finditer(blob)
            for shape, text in self._by_key[match[1]]
            if blob.startswith(shape, match.start())
        }


def found_in(blob: bytes, texts: Iterable[str]) -> set[str]:
    return Search(texts).found_in(blob)


def files_of(data: Path, names: Iterable[str]) -> list[Path]:
    """The databases of these parts with their write-ahead logs."""
    return [path for name in names for path in sorted(data.glob(f"{name}.db*"))]


def values_of(database: Path) -> Iterator[bytes]:
    """Every value of every table, decoded as SQLite gives it; sealed columns are bytes like all others."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            for row in connection.execute(f'SELECT * FROM "{table}"'):
                for value in row:
                    if isinstance(value, str):
                        yield value.encode("utf-8", "surrogatepass")
                    elif isinstance(value, bytes):
                        yield value
    connection.close()


@pytest.fixture(scope="module")
def texts(loaded_demo: Path) -> set[str]:
    today = date.fromisoformat(json.loads((loaded_demo / "demo-loaded").read_text())["today"])
    return private_texts(steps(today))


def test_the_demo_is_full_of_private_texts(texts: set[str]) -> None:
    assert len(texts) > 800
    assert any("請致電" in text for text in texts)


@pytest.mark.parametrize("part", OUTSIDE_CASE)
def test_no_private_text_stands_in_a_file_outside_case(loaded_demo: Path, texts: set[str], part: str) -> None:
    files = files_of(loaded_demo, [part])
    assert files, "there is nothing to search"
    for file in files:
        assert found_in(file.read_bytes(), texts) == set(), file.name


@pytest.mark.parametrize("part", OUTSIDE_CASE)
def test_no_private_text_stands_in_a_value_outside_case(loaded_demo: Path, texts: set[str], part: str) -> None:
    blob = b"\x00".join(values_of(loaded_demo / f"{part}.db"))
    assert found_in(blob, texts) == set()


def test_a_planted_name_is_found(own_demo: House, texts: set[str]) -> None:
    planted = sorted(texts)[-1]
    worker = own_demo.as_("worker1")
    # A group's title is public text, and nobody can stop a person from writing a name there: the search must see it.
    body = {
        "title": planted[:100],
        "activity": "mutual_aid",
        "team_id": "team-families",
        "from_date": "2021-01-01",
    }
    worker.post("/groups/api/v1/groups", body).accepted()
    own_demo.settle()
    data = own_demo.suite.settings.data
    for part in ("groups", "bus"):
        assert any(found_in(file.read_bytes(), {planted[:100]}) for file in files_of(data, [part])), part
        assert found_in(b"\x00".join(values_of(data / f"{part}.db")), {planted[:100]}), part


def test_a_backup_of_the_whole_demo_names_nobody(demo: House, texts: set[str], tmp_path: Path) -> None:
    back_up(demo.suite, tmp_path / "backup", tmp_path / "keys.json")
    files = sorted((tmp_path / "backup").iterdir())
    assert len(files) == 6
    for file in files:
        assert found_in(file.read_bytes(), texts) == set(), file.name
        if file.suffix == ".db":
            assert found_in(b"\x00".join(values_of(file)), texts) == set(), file.name


def test_names_stand_in_case_and_are_given_back_there(loaded_demo: Path, demo: House) -> None:
    registered = next(one for one in accepted_in(loaded_demo) if one.path.endswith("/people") and "phone" in one.body)
    answer = demo.as_("admin").get(f"/case/api/v1/people/{registered.answer['person_id']}").accepted()
    assert registered.body["name_zh"] in json.dumps(answer.body, ensure_ascii=False)


def test_no_private_text_of_the_demo_is_logged_while_it_is_saved_published_and_learnt(
    loaded_demo: Path, texts: set[str]
) -> None:
    logged = log_of(loaded_demo).read_bytes()
    for event in ("request", "relay.published", "intake.learnt"):
        assert logged.count(f'"event": "{event}"'.encode()) > 1000, event
    assert found_in(logged, texts) == set()


NAME, ALIAS, PHONE, NOTE = "歐陽美芳", "孖指炳", "5550 9999", "談及昨晚與兒子爭執。"
GREETINGS = ("Caseledger is at", "The first page asks", "directory.")


def test_no_private_text_is_logged(tmp_path: Path) -> None:
    data, output = tmp_path / "data", tmp_path / "output"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "CASELEDGER_DATA": str(data),
        "PORT": str(port),
        "CASELEDGER_LOG_LEVEL": "DEBUG",
    }
    with output.open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "services.cli", "serve"], env=environment, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            wait_until_ready(f"http://127.0.0.1:{port}")
            _work_with_private_texts(Network(f"http://127.0.0.1:{port}"), data)
            _send_what_is_no_request(port)
        finally:
            server.terminate()
            server.wait(30)
    logged = output.read_bytes()
    assert logged.count(b"POST") > 10, "nothing was logged at all"
    assert b"/people" in logged
    assert b'"logger": "gunicorn.error"' in logged, "the server said nothing of the request it could not read"
    lines = logged.decode().splitlines()
    assert all(isinstance(json.loads(line), dict) for line in lines if not line.startswith(GREETINGS))
    assert found_in(logged, {NAME, ALIAS, PHONE, NOTE}) == set()


def _send_what_is_no_request(port: int) -> None:
    """The server itself refuses it, before anything of ours is asked."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(f"GET /case/people?q={NAME} HTTP/9.9\r\nHost: {NAME}\r\n\r\n".encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 4")


def _work_with_private_texts(network: Network, data: Path) -> None:
    """What is saved, what is searched for, what is refused: none of it is quoted in a log."""
    Loader(network, data, lambda done, total: None).found_agencies()
    answer = network.send("POST", "/api/v1/sessions", {}, {"username": "worker1", "password": PASSWORD})
    headers = {"Authorization": f"Bearer {answer.body['token']}"}

    def send(method: str, path: str, body: dict[str, Any] | None = None) -> int:
        return network.send(method, path, {**headers, "Idempotency-Key": new_id("key")}, body).status

    person = {"name_zh": NAME, "alias": ALIAS, "phone": PHONE, "note": NOTE, "team_id": "team-families"}
    assert send("POST", "/case/api/v1/people", person) == 201
    assert send("POST", "/case/api/v1/people", person | {"gender": NOTE}) == 422
    assert send("GET", f"/case/api/v1/people?q={NAME}") == 200
    assert send("GET", f"/case/api/v1/people/{NAME}") == 404
    wrong = visit_body({"person_id": NAME, "role": ALIAS}, note=NOTE, team_id="team-families")
    assert send("POST", "/outreach/api/v1/visits", wrong) == 422
    assert send("POST", "/groups/api/v1/practitioners", {"name": NAME, "organisation": NOTE}) == 201
