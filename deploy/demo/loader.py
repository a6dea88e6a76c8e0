"""Sends the demo's requests to a running suite over HTTP, under the demo clock; again changes nothing.

Days go one after the other under the clock, and within a day what others refer to goes first; entries of one day, which
refer to nothing of each other, go side by side. Each request carries a key of its own: a load that
was interrupted is simply started again. What the other services must have learned first is named in
`X-Caseledger-Seen`, and only that, so that a request waits for nothing it does not need.
"""

import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from itertools import groupby
from pathlib import Path
from typing import Any, Protocol, cast
from zoneinfo import ZoneInfo

import requests

from deploy.demo.plan import steps
from deploy.demo.reports import SHARED_WITH, submissions
from deploy.demo.staff import AGENCIES, PASSWORD, STAFF, Agency, Member
from deploy.demo.steps import Order, Step, VersionOf
from shared.auth.setup_code import setup_code
from shared.web.demo import read_state, write_state

HONG_KONG = ZoneInfo("Asia/Hong_Kong")
LANES = 2
SOURCES = ("case", "groups", "outreach")
"""The services of whose events figures are counted."""
_LONGEST_WAIT = 60.0
_READ_AFTER = timedelta(days=14)

SIDE_BY_SIDE = (Order.PERSON, Order.ENTRY)

Progress = Callable[[int, int], None]
Listener = Callable[[Step, Mapping[str, Any], "Answer", datetime], None]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: Mapping[str, Any]


class Transport(Protocol):
    """How requests reach the suite: over the network, or straight into its WSGI application in tests."""

    def send(self, method: str, path: str, headers: Mapping[str, str], body: Mapping[str, Any] | None) -> Answer: ...


class LoadFailed(Exception):
    """The suite refused what the demo sent: one of the two is wrong."""


class Network:
    """Sends over the network, each thread with one connection kept open."""

    def __init__(self, base_url: str) -> None:
        self._base_url, self._own = base_url.rstrip("/"), threading.local()

    def send(self, method: str, path: str, headers: Mapping[str, str], body: Mapping[str, Any] | None) -> Answer:
        """Send one request and read its answer."""
        answer = self._session().request(
            method,
            self._base_url + path,
            headers={**headers, "Content-Type": "application/json"},
            data=None if body is None else json.dumps(body, ensure_ascii=False).encode(),
            timeout=60,
        )
        is_json = "json" in answer.headers.get("Content-Type", "")
        return Answer(answer.status_code, answer.headers, answer.json() if is_json and answer.content else {})

    def _session(self) -> requests.Session:
        if not hasattr(self._own, "session"):
            self._own.session = requests.Session()
            self._own.session.trust_env = False
        return cast("requests.Session", self._own.session)


def load_demo(base_url: str, data: Path, progress: Progress) -> None:
    """Load the demo into the suite at `base_url`, whose data directory is `data`; does nothing when it is there."""
    if not is_loaded(data):
        Loader(Network(base_url), data, progress, submits=True).load()


def is_loaded(data: Path) -> bool:
    """Say whether the demo in this data directory is complete."""
    return read_state(data).get("finished", False) is True


def wait_until_ready(base_url: str, timeout: float = 60.0) -> None:
    """Wait until a suite that is being started answers."""
    deadline = time.monotonic() + timeout
    while True:
        try:
            if requests.get(f"{base_url.rstrip('/')}/reporting/readyz", timeout=5).ok:
                return
        except (requests.ConnectionError, requests.Timeout):
            pass
        if time.monotonic() > deadline:
            raise LoadFailed(f"Nothing answers at {base_url}.")
        time.sleep(0.1)


def moment_of(day: date) -> datetime:
    """Return when in the evening of `day` people sat down to type."""
    return datetime.combine(day, clock_time(17, 40), HONG_KONG) + timedelta(minutes=day.toordinal() * 37 % 230)


@dataclass(slots=True)
class Loader:
    """One load: signs everybody in, moves the clock from day to day, remembers versions and positions.

    What was typed after `last_day` is left out. Reports are submitted (`submits`) where every service answers at one
    address: sealing one asks the others how far they reach.
    """

    transport: Transport
    data: Path
    progress: Progress
    listener: Listener | None = None
    last_day: date = date.max
    submits: bool = False
    _tokens: dict[str, str] = field(default_factory=dict)
    _versions: dict[str, str] = field(default_factory=dict)
    _seen: dict[str, int] = field(default_factory=dict)
    _reached: dict[str, int] = field(default_factory=dict)

    def load(self) -> None:
        """Found the agencies, send every step, let the clock run again, and mark the directory."""
        today = self._today()
        plan = [step for step in steps(today) if step.day <= self.last_day]
        self.found_agencies()
        for member in STAFF:
            self._bearer(member.username)
        done = 0
        with ThreadPoolExecutor(LANES) as lanes:
            for day, of_day in groupby(plan, key=lambda step: step.day):
                moment = moment_of(day)
                self._set_clock(moment)
                for order, of_order in groupby(of_day, key=lambda step: step.order):
                    batch = list(of_order)
                    self._send_all(batch, moment, lanes if order in SIDE_BY_SIDE else None)
                    done += len(batch)
                self._tell(today, done, len(plan))
        self._sign_off(today)
        self._set_clock(None)
        self._let_all_arrive()
        if self.submits:
            self._submit_reports(today)
        self._tell(today, len(plan), len(plan), finished=True)

    def _sign_off(self, today: date) -> None:
        """Leaders have read what is older than two weeks."""
        before = (today - _READ_AFTER).isoformat()
        for member in STAFF:
            for name in SOURCES if member.role == "team_leader" else ():
                while items := self._unread(name, member.username, before):
                    key = f"read-{name}-{items[0]['unit_id']}"
                    headers = self._bearer(member.username) | {"Idempotency-Key": key}
                    answer = self.transport.send("POST", f"/{name}/api/v1/readings", headers, {"items": items})
                    if answer.status != 200 or not answer.body["read"]:
                        raise LoadFailed(f"{member.username} cannot sign: {answer.status} {answer.body}")

    def _unread(self, name: str, username: str, before: str) -> list[dict[str, Any]]:
        """The versions that wait for a leader in one service, of days before one."""
        path, headers = f"/{name}/api/v1/readings/waiting", self._bearer(username)
        answer = self.transport.send("POST", path, headers, {"limit": 200})
        if answer.status != 200:
            raise LoadFailed(f"{username} cannot see what waits: {answer.status} {answer.body}")
        waiting = (one for one in answer.body["items"] if one["on"] < before)
        return [{"unit_id": one["unit_id"], "version": one["version"]} for one in waiting]

    def _let_all_arrive(self) -> None:
        """Wait until reporting has heard of everything: whoever reads the figures next reads all of them."""
        deadline = time.monotonic() + _LONGEST_WAIT
        seen = ",".join(f"{name}={position}" for name, position in self._reached.items())
        headers = self._bearer("admin") | {"X-Caseledger-Seen": seen}
        while True:
            # The answer itself waits up to two seconds for what was seen.
            answer = self.transport.send("GET", "/reporting/api/v1/freshness", headers, None)
            arrived = {name: one["arrived"] for name, one in answer.body.get("services", {}).items()}
            behind = [name for name, at in self._reached.items() if name in SOURCES and arrived.get(name, 0) < at]
            if not behind:
                return
            if time.monotonic() > deadline:
                raise LoadFailed(f"Reporting has not heard all of {', '.join(behind)}: {answer.status}")

    def _submit_reports(self, today: date) -> None:
        """Lock a period of each contract, send its report, and let the funder read it."""
        for one in submissions(today):
            path = f"/reporting/api/v1/contracts/{one.contract}/periods"
            for act in ("lock", "reports"):
                items = self.transport.send("GET", path, self._bearer(one.leader), None).body["items"]
                period = next(each for each in items if one.is_of(each["to"]))
                if period["reports"] or (act == "lock" and period["locked"]):
                    continue  # It was done before the load was interrupted.
                key = {"Idempotency-Key": f"demo:{act}:{one.contract}", "If-Match": f'"{period["version"]}"'}
                self._expect(201 if act == "reports" else 200, f"{path}/{period['to']}/{act}", one.leader, key)
        body = {"username": SHARED_WITH, "contract_ids": ["harbour"]}
        answer = self.transport.send("PUT", "/api/v1/funders", self._bearer("harbour-admin"), body)
        if answer.status != 204:
            raise LoadFailed(f"The funder cannot be let in: {answer.status} {answer.body}")

    def _expect(self, status: int, path: str, who: str, headers: Mapping[str, str]) -> None:
        answer = self.transport.send("POST", path, {**self._bearer(who), **headers}, {})
        if answer.status != status:
            raise LoadFailed(f"POST {path}: {answer.status} {answer.body}")

    def _today(self) -> date:
        """The day the demo is dated by: that of its first start, also when the load is resumed on another."""
        state = read_state(self.data)
        return date.fromisoformat(state["today"]) if "today" in state else datetime.now(HONG_KONG).date()

    def _tell(self, today: date, done: int, of: int, *, finished: bool = False) -> None:
        """Say how far the load is, here and on the pages of the demo."""
        self.progress(done, of)
        sign_ins = [(member.username, member.role) for member in STAFF]
        state = {"today": today.isoformat(), "done": done, "of": of, "finished": finished}
        write_state(self.data, {**state, "password": PASSWORD, "sign_ins": sign_ins})

    # Agencies and accounts

    def found_agencies(self) -> None:
        """Make both agencies with their teams and accounts; what is there already stays."""
        code = setup_code(self.data)
        for agency in AGENCIES:
            staff = [member for member in STAFF if member.agency_id == agency.agency_id]
            administrator = next(member for member in staff if member.role == "agency_admin")
            self._expect_made("/api/v1/agencies", _founding(agency, administrator, code), None)
            for team_id, name in agency.teams[1:]:
                self._expect_made("/api/v1/teams", {"id": team_id, "name": name}, administrator.username)
            for member in staff:
                if member is not administrator:
                    self._expect_made("/api/v1/accounts", _account(member), administrator.username)

    def _expect_made(self, path: str, body: Mapping[str, Any], who: str | None) -> None:
        answer = self.transport.send("POST", path, self._bearer(who) if who else {}, body)
        if answer.status not in (201, 409):  # It is there already when a load is resumed.
            raise LoadFailed(f"POST {path}: {answer.status} {answer.body}")

    def _bearer(self, username: str) -> dict[str, str]:
        if username not in self._tokens:
            body = {"username": username, "password": PASSWORD}
            answer = self.transport.send("POST", "/api/v1/sessions", {}, body)
            if answer.status != 201:
                raise LoadFailed(f"{username} cannot sign in: {answer.body}")
            self._tokens[username] = answer.body["token"]
        return {"Authorization": f"Bearer {self._tokens[username]}"}

    # Steps

    def _set_clock(self, moment: datetime | None) -> None:
        now = moment.isoformat() if moment else None
        answer = self.transport.send("POST", "/api/v1/demo/clock", self._bearer("admin"), {"now": now})
        if answer.status != 200:
            raise LoadFailed(f"The clock cannot be set: {answer.status} {answer.body}")

    def _send_all(self, batch: Sequence[Step], moment: datetime, lanes: ThreadPoolExecutor | None) -> None:
        """Send steps of one day and order; in lanes, whatever is about the same thing keeps its order."""
        if lanes is None or len(batch) == 1:
            for step in batch:
                self._send(step, moment)
            return
        by_lane = [[step for step in batch if _lane(step) == lane] for lane in range(LANES)]
        running = [lanes.submit(self._send_all, of_lane, moment, None) for of_lane in by_lane]
        for lane in running:
            lane.result()

    def _send(self, step: Step, moment: datetime) -> None:
        headers = self._bearer(step.who) | {"Idempotency-Key": step.key}
        if step.based_on:
            headers["If-Match"] = self._version(step.resource, step)
        others = ",".join(f"{name}={at}" for name, at in self._seen.items() if name != step.service)
        if others:
            headers["X-Caseledger-Seen"] = others
        body = {name: self._filled(value, step) for name, value in step.body.items()}
        answer = self._send_patiently(step, headers, body)
        if not 200 <= answer.status < 300:
            raise LoadFailed(f"{step.day} {step.who} {step.method} {step.path}: {answer.status} {answer.body} {body}")
        self._remember(step, answer)
        if self.listener is not None:
            self.listener(step, body, answer, moment)

    def _send_patiently(self, step: Step, headers: Mapping[str, str], body: Mapping[str, Any]) -> Answer:
        """Send; a service that cannot save anything for a moment, as at its start, is asked again with the same key."""
        deadline = time.monotonic() + _LONGEST_WAIT
        while True:
            answer = self.transport.send(step.method, step.path, headers, body)
            if answer.status != 503 or time.monotonic() > deadline:
                return answer
            time.sleep(0.5)

    def _remember(self, step: Step, answer: Answer) -> None:
        if "ETag" in answer.headers:
            self._versions[step.resource] = answer.headers["ETag"]
        if step.path.endswith(("/merge", "/unmerge")):
            for touched in (step.body.get("into"), step.body.get("from_person")):
                self._versions.pop(str(touched), None)
        name, position = answer.headers["X-Caseledger-Position"].split("=")
        self._reached[name] = max(int(position), self._reached.get(name, 0))
        if step.known_elsewhere:
            self._seen[name] = max(int(position), self._seen.get(name, 0))

    def _filled(self, value: Any, step: Step) -> Any:
        return int(self._version(value.resource, step).strip('W/"')) if isinstance(value, VersionOf) else value

    def _version(self, resource: str, step: Step) -> str:
        """The version last answered, or, where another request moved it, what the service says now."""
        if resource not in self._versions:
            collection = "/".join(step.path.split("/")[:5])
            answer = self.transport.send("GET", f"{collection}/{resource}", self._bearer(step.who), None)
            if answer.status != 200:
                raise LoadFailed(f"{resource} cannot be read: {answer.status} {answer.body}")
            self._versions[resource] = answer.headers["ETag"]
        return self._versions[resource]


def _lane(step: Step) -> int:
    return sum(step.resource.encode()) % LANES


def _founding(agency: Agency, administrator: Member, code: str) -> dict[str, Any]:
    team_id, team_name = agency.teams[0]
    return {
        "setup_code": code,
        "id": agency.agency_id,
        "name": agency.name,
        "team": {"id": team_id, "name": team_name},
        "administrator": {
            "id": administrator.account_id,
            "username": administrator.username,
            "display_name": administrator.display_name,
            "password": PASSWORD,
        },
    }


def _account(member: Member) -> dict[str, Any]:
    return {
        "id": member.account_id,
        "username": member.username,
        "password": PASSWORD,
        "display_name": member.display_name,
        "role": member.role,
        "team_ids": list(member.team_ids),
        "contract_ids": list(member.contract_ids),
        "language": member.language,
    }
