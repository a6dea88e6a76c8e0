"""SIGTERM: what is in hand is finished, nothing new is begun."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from deploy.demo.loader import Loader, Network, wait_until_ready
from deploy.demo.staff import PASSWORD
from deploy.kafka.node import free_port
from shared.testing.listening import PATIENCE
from shared.web.server import GRACE_SECONDS


class Served:
    """The suite in a process, and a token of somebody who works there."""

    def __init__(self, data: Path) -> None:
        self.port = free_port()
        environment = {**os.environ, "CASELEDGER_DATA": str(data), "PORT": str(self.port)}
        self.process = subprocess.Popen([sys.executable, "-m", "services.cli", "serve"], env=environment)
        wait_until_ready(f"http://127.0.0.1:{self.port}")
        network = Network(f"http://127.0.0.1:{self.port}")
        Loader(network, data, lambda done, total: None).found_agencies()
        signed_in = network.send("POST", "/api/v1/sessions", {}, {"username": "worker1", "password": PASSWORD})
        self.token = str(signed_in.body["token"])

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)

    def listens(self) -> bool:
        try:
            self.connect().close()
        except ConnectionRefusedError:
            return False
        return True


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    served = Served(tmp_path / "data")
    yield served
    served.process.kill()
    served.process.wait()


def eventually(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, "It did not happen in time."
        time.sleep(0.02)


def heard(connection: socket.socket, ending: bytes = b"") -> bytes:
    """What the server says, up to `ending`; without one until it has nothing more to say."""
    found = b""
    while not (ending and found.endswith(ending)) and (portion := connection.recv(4096)):
        found += portion
    return found


def test_a_request_in_hand_is_answered_and_no_new_one_is_taken(served: Served) -> None:
    body = b'{"name_zh": "\\u9673\\u5927\\u6587", "team_id": "team-families"}'
    headers = (
        "POST /case/api/v1/people HTTP/1.1",
        "Host: localhost",
        f"Authorization: Bearer {served.token}",
        "Idempotency-Key: in-hand",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "Expect: 100-continue",
    )
    with closing(served.connect()) as asking:
        asking.sendall("\r\n".join((*headers, "", "")).encode())
        # This says that a thread of the worker has the request in hand.
        assert heard(asking, b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        served.process.send_signal(signal.SIGTERM)
        eventually(lambda: not served.listens())
        asking.sendall(body)
        assert heard(asking).startswith(b"HTTP/1.1 201 ")
    assert served.process.wait(GRACE_SECONDS) == 0


def test_connections_on_which_nobody_asks_anything_do_not_hold_up_the_end(served: Served) -> None:
    with closing(served.connect()) as idle:
        idle.sendall(b"GET /case/livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b"200 OK" in heard(idle, b'{"status":"ok"}\n')
        served.process.send_signal(signal.SIGTERM)
        assert served.process.wait(GRACE_SECONDS / 2) == 0
        assert heard(idle) == b""
