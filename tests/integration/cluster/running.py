"""Processes of a cluster on Kafka and PostgreSQL, told what to do by settings alone."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import text

from shared.auth.accounts import Accounts, Founding
from shared.bus import arrivals
from shared.database import Database
from shared.ids import new_id
from shared.settings import load_settings
from shared.testing.listening import PATIENCE
from shared.testing.postgres import fresh_database

PASSWORD = "correct horse battery"


class Cluster:
    """Processes that share their settings."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = dict(environment)
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self, *command: str, **more: str) -> subprocess.Popen[bytes]:
        environment = {**os.environ, **self.environment, **more}
        process = subprocess.Popen([sys.executable, "-m", "services.cli", *command], env=environment)
        self._running.append(process)
        return process

    def run(self, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, **self.environment, **more}
        whole = [sys.executable, "-m", "services.cli", *command]
        return subprocess.run(whole, env=environment, capture_output=True, text=True, check=False)

    def stop(self, process: subprocess.Popen[bytes]) -> int:
        """Tell a process to stop, and say how it ended."""
        self._running.remove(process)
        process.send_signal(signal.SIGTERM)
        return process.wait(60)

    def stop_all(self) -> list[int]:
        """Tell all processes to stop, and say how they ended."""
        return [self.stop(process) for process in list(self._running)]


@pytest.fixture
def cluster(
    kafka_address: str, postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Cluster]:
    with ExitStack() as stack:
        urls = {name: stack.enter_context(fresh_database(postgres_url)) for name in ("case", "reporting", "auth")}
        # Topics are named after the services alone, so what another test left there is taken away first.
        forget_topics(kafka_address)
        environment = {f"CASELEDGER_{name.upper()}_DATABASE": url for name, url in urls.items()} | {
            "CASELEDGER_DATA": str(tmp_path / "data"),
            "CASELEDGER_BUS": kafka_address,
            "CASELEDGER_LOG_LEVEL": "WARNING",
        }
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        cluster = Cluster(environment)
        yield cluster
        cluster.stop_all()


def forget_topics(kafka_address: str) -> None:
    from services.cluster import TOPICS
    from shared.bus.kafka import KafkaBus, KafkaSettings

    bus = KafkaBus(KafkaSettings(servers=(kafka_address,)))
    for topic in bus.topics(TOPICS):
        bus.delete_topic(topic)
    bus.close()


def eventually(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, "It did not happen in time."
        time.sleep(0.05)


def answers(address: str, path: str) -> bool:
    try:
        return requests.get(address + path, timeout=5).ok
    except requests.RequestException:
        return False


def watermark() -> int:
    database = Database(load_settings().database_url("reporting"))
    try:
        with database.read() as connection:
            if connection.scalar(text("SELECT to_regclass('watermark')")) is None:
                return 0
            return arrivals.watermarks(connection).get("case", 0)
    finally:
        database.dispose()


def register(address: str, token: str) -> requests.Response:
    """Register a person; a service that was just started accepts nothing before its relay has looked at the topic."""
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": new_id("command")}
    body: dict[str, Any] = {"client_number": new_id("number")[-12:], "name_zh": "陳大文"}
    deadline = time.monotonic() + PATIENCE
    while True:
        answer = requests.post(f"{address}/case/api/v1/people", json=body, headers=headers, timeout=30)
        if answer.status_code != 503 or time.monotonic() > deadline:
            return answer
        time.sleep(0.1)


def token_of(accounts: Accounts) -> str:
    accounts.found_agency(
        Founding(agency="Harbour", team="Family", username="admin", password=PASSWORD, display_name="Admin")
    )
    return accounts.sign_in("admin", PASSWORD).token
