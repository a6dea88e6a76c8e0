"""The suite in this process, used through its public API alone: who asks, what was accepted, what the clock says."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

from werkzeug.test import Client, TestResponse

from services.suite import Suite
from shared.clock import DemoClock
from shared.ids import new_id
from tests.recount.accepted import Accepted
from tests.recount.compare import exact_figures
from tests.recount.counting import Figures, Recount

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of the API."""

    status: int
    body: Any
    headers: Mapping[str, str]
    raw: bytes

    @property
    def version(self) -> int:
        return int(self.headers["ETag"].strip('W/"'))

    @property
    def fields(self) -> list[str]:
        """The paths of the wrong fields that a problem names."""
        return [error["path"] for error in self.body.get("fields", [])]

    def accepted(self) -> "Reply":
        assert 200 <= self.status < 300, (self.status, self.body)
        return self


@dataclass
class House:
    """A running suite, with everything that was accepted through this harness, in order.

    A `lazy` house lets events lie where they are until somebody settles it or reads.
    """

    suite: Suite
    password: str
    accepted: list[Accepted] = field(default_factory=list)
    _tokens: dict[str, str] = field(default_factory=dict)
    _agencies: dict[str, str] = field(default_factory=dict)
    lazy: bool = False
    _unsettled: set[str] = field(default_factory=set)

    @property
    def clock(self) -> DemoClock:
        clock = self.suite.services["reporting"].clock
        assert isinstance(clock, DemoClock)
        return clock

    def at(self, moment: datetime) -> None:
        """Set the clock."""
        self.clock.set(moment)

    def settle(self) -> None:
        """Let everything accepted so far reach every service."""
        self.suite.background.drain()
        self._unsettled.clear()

    def settle_for(self, path: str) -> None:
        """Settle when other services than the one asked have written since: only it would not know."""
        if not self.lazy and self._unsettled - {path.split("/")[1]}:
            self.settle()

    def wrote(self, service: str) -> None:
        """Note that a service has something to tell."""
        self._unsettled.add(service)

    def as_(self, username: str, *, language: str = "en") -> "Api":
        """Somebody who is signed in."""
        if username not in self._tokens:
            body = {"username": username, "password": self.password}
            answer = self.raw("POST", "/api/v1/sessions", {}, body).accepted()
            self._tokens[username] = answer.body["token"]
            self._agencies[username] = answer.body["account"]["agency_id"]
        return Api(self, username, self._tokens[username], self._agencies[username], language)

    def raw(self, method: str, path: str, headers: Mapping[str, str], body: Any = None, data: bytes = b"") -> Reply:
        """One request as it is; `body` is sent as JSON, else `data` as bytes."""
        given: dict[str, Any] = {"data": data} if data else {}
        if body is not None:
            given = {"data": json.dumps(body, ensure_ascii=False).encode(), "content_type": "application/json"}
        client = Client(self.suite.app, use_cookies=False)
        response: TestResponse = client.open(path, method=method, headers=list(headers.items()), **given)
        raw = response.get_data()
        is_json = "json" in (response.content_type or "")
        return Reply(response.status_code, json.loads(raw) if is_json and raw else None, dict(response.headers), raw)

    def recount(self, agency: str) -> Recount:
        """An independent recount of everything accepted."""
        return Recount(self.accepted, agency)

    def now(self) -> datetime:
        return self.clock.now()


@dataclass(frozen=True)
class Api:
    """One person's requests. Every change carries a new key unless one is given, and is noted when accepted."""

    house: House
    username: str
    token: str
    agency: str
    language: str = "en"

    def headers(self, **more: str | None) -> dict[str, str]:
        given = {"Authorization": f"Bearer {self.token}", "Accept-Language": self.language, **more}
        return {name.replace("_", "-"): value for name, value in given.items() if value is not None}

    def get(self, path: str) -> Reply:
        self.house.settle()
        return self.house.raw("GET", path, self.headers())

    def send(
        self, method: str, path: str, body: Body | None, *, version: int | None = None, key: str | None = None
    ) -> Reply:
        self.house.settle_for(path)
        headers = self.headers(
            Idempotency_Key=key or new_id("key"), If_Match=None if version is None else f'"{version}"'
        )
        before = self.house.now()
        reply = self.house.raw(method, path, headers, {} if body is None else body)
        if 200 <= reply.status < 300 and "X-Caseledger-Position" in reply.headers and "dry_run" not in path:
            service, position = reply.headers["X-Caseledger-Position"].split("=")
            self._note(method, path, body or {}, reply, service, int(position), before)
        return reply

    def _note(
        self, method: str, path: str, body: Body, reply: Reply, service: str, position: int, moment: datetime
    ) -> None:
        if any((one.service, one.position) == (service, position) for one in self.house.accepted):
            return  # The same request again answers the same.
        self.house.wrote(service)
        self.house.accepted.append(
            Accepted(
                agency=self.agency,
                service=service,
                method=method,
                path=path,
                body=json.loads(json.dumps(body)),
                answer=reply.body or {},
                recorded_at=moment,
                position=position,
            )
        )

    def post(self, path: str, body: Body | None = None, *, version: int | None = None, key: str | None = None) -> Reply:
        return self.send("POST", path, body, version=version, key=key)

    def send_file(self, path: str, data: bytes) -> Reply:
        """Send a file as the whole body."""
        self.house.settle_for(path)
        return self.house.raw("POST", path, self.headers(), data=data)

    def put(self, path: str, body: Body, *, version: int | None = None, key: str | None = None) -> Reply:
        return self.send("PUT", path, body, version=version, key=key)

    def version_of(self, path: str) -> int:
        """The present version of a resource."""
        return self.get(path).accepted().version

    def report(self, contract: str, query: str = "") -> dict[str, Any]:
        """The contract's report as JSON."""
        answer = self.get(f"/reporting/api/v1/contracts/{contract}/report{query}").accepted().body
        assert isinstance(answer, dict)
        return answer

    def actuals(self, contract: str, query: str = "") -> dict[tuple[str, str], Any]:
        """The figures of a contract by indicator and measure."""
        rows = self.report(contract, query)["outputs"]
        return {(row["indicator"], row["measure"]): row["actual"] for row in rows}

    def exact(self, contract: str, query: str = "") -> Figures:
        """The figures without any rounding, as a recount has them; a share of nothing is None."""
        return exact_figures(self.report(contract, query)["outputs"])

    def trace(self, contract: str, indicator: str, measure: str, query: str = "") -> dict[str, Any]:
        """What stands behind one figure."""
        path = f"/reporting/api/v1/contracts/{contract}/figures/{indicator}/{measure}{query}"
        answer = self.get(path).accepted().body
        assert isinstance(answer, dict)
        return answer


_NUMBERS = count(1)


def unique(prefix: str) -> str:
    """A short text that no other call in this run returned."""
    return f"{prefix}{next(_NUMBERS)}"


def utc(text: str) -> datetime:
    """An aware moment from its ISO text, in UTC where nothing else is said."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
