"""The supervisor: starts every process of the cluster, keeps it alive, and stops all in order."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import requests

from deploy.kafka.node import NoKafka
from deploy.postgres.server import STOP_SIGNAL, NoPostgres
from deploy.stack.layout import Layout, StackFailed
from deploy.stack.part import STOP_SECONDS, Part
from shared.settings import SERVICES

START_SECONDS = 180.0
_LOOK = 0.1


class Stack:
    """The whole cluster on this machine, with its files in `data` and the services together at `port`.

    `quick` does not wait for the disk and compiles the broker less thoroughly: good for tests, wrong for measuring.
    """

    def __init__(
        self,
        data: Path,
        port: int,
        given: Mapping[str, str] | None = None,
        *,
        quick: bool = False,
        report: Callable[[str], None] = lambda _: None,
    ) -> None:
        try:
            self.layout = Layout(data, port, given or {}, quick=quick)
        except (NoKafka, NoPostgres) as error:
            raise StackFailed(str(error)) from error
        self.parts: dict[str, Part] = {}
        self._report = report
        self._changing, self._stopped = threading.Lock(), threading.Event()
        # All processes are started by this one thread: they would end with it.
        self._keeper = threading.Thread(target=self._keep, name="stack")

    @property
    def environment(self) -> dict[str, str]:
        """What a `caseledger` command beside the stack needs."""
        return {**os.environ, **self.layout.settings}

    def start(self) -> None:
        """Start everything; return when all four services answer at the one address, or stop and raise StackFailed."""
        self._keeper.start()
        try:
            self._start_what_keeps_data()
            ports = self.layout.ports
            for service in SERVICES:
                self.add(f"web {service}", "web", service, PORT=str(ports[service]), CASELEDGER_HOST="127.0.0.1")
            for service in SERVICES:
                self.add(f"relay {service}", "relay", service, **self.layout.relay_settings(service))
                self.add(f"consume {service}", "consume", service)
            targets = [f"{service}={ports[service]}" for service in SERVICES]
            self._run("front", [sys.executable, "-m", "deploy.stack.front", *targets], self.environment)
            self._wait_until_it_answers()
            self.layout.write_settings()
        except BaseException:
            self.stop()
            raise

    def add(self, name: str, *command: str, **more: str) -> Part:
        """Run one more `caseledger` command as a part, with `more` settings."""
        return self._run(name, [sys.executable, "-m", "services.cli", *command], {**self.environment, **more})

    def command(self, *arguments: str) -> str:
        """Run a `caseledger` command beside the stack; return what it prints, or raise StackFailed with it."""
        whole = [sys.executable, "-m", "services.cli", *arguments]
        done = subprocess.run(  # noqa: S603
            whole, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        if done.returncode != 0:
            raise StackFailed(f"caseledger {' '.join(arguments)} failed:\n{done.stdout}")
        return done.stdout

    def remove(self, name: str) -> Part:
        """Stop one part for good."""
        with self._changing:
            part = self.parts.pop(name)
        _stop([part])
        return part

    @contextmanager
    def without(self, name: str) -> Iterator[None]:
        """One part is away for the length of a block."""
        part = self.remove(name)
        try:
            yield
        finally:
            part.resume()
            with self._changing:
                self.parts[name] = part

    def stop(self) -> None:
        """Stop everything in order: who answers people first, what keeps the data last."""
        with self._changing:
            stopping, self.parts = self.parts, {}
        last = [stopping.pop(name) for name in ("kafka", "postgres") if name in stopping]
        _stop(list(stopping.values()))
        for part in last:
            _stop([part])
        self._stopped.set()
        self._keeper.join()

    def _start_what_keeps_data(self) -> None:
        postgres, kafka = self.layout.postgres, self.layout.kafka
        try:
            postgres.prepare()
            directory = self.layout.own / "postgres"
            self._run("postgres", postgres.command, os.environ, directory=directory, stop_signal=STOP_SIGNAL)
            kafka.prepare()
            self._run("kafka", kafka.command, os.environ)
        except (NoKafka, NoPostgres) as error:
            raise StackFailed(str(error)) from error
        postgres.wait_until_ready()
        self.layout.make_databases()
        self.command("migrate", "--relays")

    def _run(self, name: str, command: list[str], environment: Mapping[str, str], **more: object) -> Part:
        log = self.layout.log / f"{name.replace(' ', '-')}.log"
        part = Part(name=name, command=command, environment=environment, log=log, **more)  # type: ignore[arg-type]
        with self._changing:
            self.parts[name] = part
        return part

    def _keep(self) -> None:
        while not self._stopped.wait(_LOOK):
            with self._changing:
                for part in self.parts.values():
                    if ended := part.tend():
                        self._report(ended)

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        for service in SERVICES:
            while not _answers(f"{self.layout.address}/{service}/readyz"):
                if time.monotonic() > deadline:
                    dying = [part for part in self.parts.values() if part.deaths]
                    logs = "\n".join(f"{part.name}:\n{part.tail()}" for part in dying)
                    raise StackFailed(f"The {service} service did not answer in {START_SECONDS:.0f} s.\n{logs}")
                time.sleep(_LOOK)


def _stop(parts: list[Part]) -> None:
    for part in parts:
        part.tell_to_stop()
    deadline = time.monotonic() + STOP_SECONDS
    for part in parts:
        part.wait_until_stopped(deadline)


def _answers(address: str) -> bool:
    with suppress(requests.RequestException):
        return requests.get(address, timeout=5).ok
    return False
