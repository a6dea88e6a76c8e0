"""`make compose-check`: docker-compose.yml, really run. It needs Docker with Compose, and takes about fifteen minutes.

A project of its own is started with the demo and taken away again with all it kept. What was answered 201 is asked for
again after every fault.
"""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from time import monotonic, sleep
from typing import Any

import pytest
import requests
from rich.console import Console

from deploy.demo.staff import PASSWORD
from shared.ids import new_id
from shared.settings import SERVICES
from tests.compose.project import NAME, Project, Refused
from tests.integration.test_demo_figures import TABLE

PATIENCE = 60.0
AWAY = 120.0
"""For how many seconds the broker is away: long enough for what waits for it to be called unhealthy."""
AS_RELAY = "import psycopg; psycopg.connect('host=postgres user=caseledger_case_relay dbname=caseledger_case').execute"
out = Console()


@dataclass
class Check:
    """What was seen so far."""

    project: Project
    session: requests.Session = field(default_factory=requests.Session)
    saved: dict[str, str] = field(default_factory=dict)
    """The people that were registered, with the keys under which that was asked."""

    def run(self) -> None:
        """Everything, in order; the first thing that is not as it should be raises AssertionError."""
        with step("up, with the demo"):
            self.project.up()
            self.all_healthy()
        with step("the demo over the proxy gives the published report"):
            self.sign_in()
            self.figures_are_the_published_ones()
        with step("the proxy keeps metrics inside, bodies small and headers single"):
            self.proxy_keeps_its_promises()
        with step("a relay cannot read what is sealed, and has no key"):
            self.relay_is_limited()
        with step("a second up changes nothing"):
            before = self.project.running()
            self.project.up()
            assert self.project.running() == before
        for kind, parts in groupby(sorted(self.project.running(), key=kind_of), kind_of):
            with step(f"kill {kind}, up"):
                self.kill_and_up(list(parts), AWAY if kind == "kafka" else 0.0)
        with step("nothing was lost or counted twice"):
            self.nothing_lost()
        with step("backup; down; restore, with its tail; up"):
            self.back_up_and_restore()
            self.nothing_lost()
            self.figures_are_the_published_ones()

    def all_healthy(self) -> None:
        assert self.project.unhealthy() == []

    def sign_in(self) -> None:
        self.session.headers.pop("Authorization", None)
        body = {"username": "admin", "password": PASSWORD}
        answer = self.session.post(f"{self.project.address}/api/v1/sessions", json=body, timeout=30)
        assert answer.status_code == 201, answer.text
        self.session.headers["Authorization"] = f"Bearer {answer.json()['token']}"

    def figures_are_the_published_ones(self) -> None:
        over_http = self.get("/reporting/api/v1/contracts/kachi-2/report")
        from_inside = json.loads(self.project.caseledger("report", "kachi-2", "--format", "json", "--for", "staff"))
        for report in (over_http, from_inside):
            told = {
                (row["indicator"], row["measure"]): (
                    row["unit"],
                    row["target"],
                    row["actual"],
                    row["variance"],
                    row["met"],
                )
                for row in report["outputs"]
            }
            assert told == TABLE
        assert over_http["outputs"] == from_inside["outputs"]
        assert over_http["outcomes"] == from_inside["outcomes"]

    def proxy_keeps_its_promises(self) -> None:
        for path in (
            "/metrics",
            "/case/metrics",
            "/case//metrics",
            "/case/metrics/",
            "/case/%6Detrics",
            "/CASE/Metrics",
        ):
            assert self.answer("GET", path).status_code == 404, path
        known = "check-0123456789"
        page = self.answer("GET", "/sign-in", headers={"X-Correlation-Id": known})
        assert page.status_code == 200, f"{page.status_code} {page.url} {dict(page.headers)} {page.text}"
        assert page.headers["X-Correlation-Id"] == known
        # Twice the same header would be joined by a comma here.
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        assert page.headers["X-Frame-Options"] == "DENY"
        assert "Server" not in page.headers
        large = b" " * 1_500_000
        for body in (large, iter([large])):
            headers = {"Content-Type": "application/json"}
            refused = self.answer("POST", "/api/v1/sessions", data=body, headers=headers)
            assert refused.status_code == 413, refused.text
            assert refused.headers["Content-Type"] == "application/problem+json"

    def relay_is_limited(self) -> None:
        def inside(*command: str) -> str:
            return self.project.compose("exec", "-T", "relay-case", *command)

        inside("python", "-c", f"{AS_RELAY}('SELECT count(data) FROM event')")
        with pytest.raises(Refused, match="permission denied for table event"):
            inside("python", "-c", f"{AS_RELAY}('SELECT count(sealed) FROM event')")
        assert inside("ls", "/run/caseledger/keys") == ""

    def kill_and_up(self, parts: list[str], away: float) -> None:
        """Work before and after some parts are dead, and while they are, which may be for so many seconds."""
        self.register()
        self.project.compose("kill", *parts)
        back = monotonic() + away
        self.register()
        while monotonic() < back:
            assert self.register(), f"Nothing can be saved without {parts}."
            sleep(1)
        self.project.up()
        self.all_healthy()
        eventually(self.register)

    def back_up_and_restore(self) -> None:
        """As README.md says it; what is saved after the backup comes back from the topics."""
        with self.project.directory("/backup") as mounted:

            def operate(*arguments: str) -> str:
                return self.project.caseledger(*arguments, options=mounted)

            restore = ("restore", "/backup/copy", "--keys", "/backup/keys")
            operate("backup", "/backup/copy", "--keys", "/backup/keys")
            assert self.register()
            eventually(self.is_clean)
            self.project.compose("down")
            self.project.compose("up", "--wait", "postgres", "kafka")
            with pytest.raises(Refused, match="holds data already"):
                operate(*restore)
            assert "The topic of case holds more than the backup" in operate(*restore, "--replace")
            assert "case may be written again" in operate("restore", "--tail")
        self.project.up()
        self.all_healthy()
        self.sign_in()
        assert self.register()

    def register(self) -> bool:
        """Register somebody; a part that is dead may refuse, but what is answered 201 has to stay."""
        person, key = new_id("person"), new_id("command")
        body = {"id": person, "client_number": person[-12:], "alias": "check"}
        try:
            answer = self.answer("POST", "/case/api/v1/people", json=body, headers={"Idempotency-Key": key})
        except requests.RequestException:
            return False
        assert answer.status_code == 201 or answer.status_code >= 500, answer.text
        if answer.status_code == 201:
            self.saved[person] = key
        return answer.status_code == 201

    def nothing_lost(self) -> None:
        """Everybody who was registered is there, once, and every service has heard of them."""
        for person in self.saved:
            assert self.answer("GET", f"/case/api/v1/people/{person}").status_code == 200, person
        eventually(self.is_clean)

    def is_clean(self) -> bool:
        try:
            self.project.caseledger("verify")
        except Refused as refused:
            out.print(str(refused)[-600:], style="dim")
            return False
        return True

    def get(self, path: str) -> Any:
        answer = self.answer("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def answer(self, method: str, path: str, **more: Any) -> requests.Response:
        return self.session.request(method, self.project.address + path, timeout=60, **more)


def kind_of(part: str) -> str:
    """What dies together, because none of it depends on another of its kind: all relays, say."""
    return "web" if part in SERVICES else part.partition("-")[0]


def eventually(true: Callable[[], bool]) -> None:
    """Wait for what comes true when everything has caught up."""
    deadline = monotonic() + PATIENCE
    while not true():
        assert monotonic() < deadline, "It did not come true in time."
        sleep(0.5)


@contextmanager
def step(name: str) -> Iterator[None]:
    """Say what is looked at, and how long that took."""
    began = monotonic()
    with out.status(name):
        yield
    out.print(f"[green]✓[/green] {name} [dim]{monotonic() - began:.0f} s[/dim]")


def main() -> None:
    """Run the check and take the project away again."""
    project = Project()
    check = Check(project)
    try:
        project.compose("down", "-v")
        with step("the image is built"):
            project.compose("build", seconds=1800)
        check.run()
    except (AssertionError, Refused, pytest.fail.Exception) as wrong:
        out.print(f"[red]✗[/red] {wrong}", markup=True, highlight=False)
        out.print(project.compose("ps", "-a"))
        out.print(project.compose("logs", "--tail", "20"), markup=False, highlight=False)
        sys.exit(1)
    finally:
        project.compose("down", "-v")
    longest = f"the first up took {project.took[0]:.0f} s, the longest later one {max(project.took[1:]):.0f} s"
    out.print(f"{NAME}: all well; {len(check.saved)} entries kept, none lost; {longest}.")


if __name__ == "__main__":
    main()
