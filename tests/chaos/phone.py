"""A worker's phone: sends each request until it is answered, as often as that takes, and some of them twice anyway."""

import json
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any

import requests

from deploy.demo.loader import Answer
from tests.recount.accepted import Accepted

ANSWER_SECONDS = 20
GIVE_UP_SECONDS = 240
"""How long, in seconds, one request may find nobody who answers it."""
HEARD_SECONDS = 240
"""How long, in seconds, a service may not have heard of what another one has saved."""
_NOT_HEARD_YET = (404, 409, 422)


class GaveUp(Exception):
    """Nobody answered, for longer than any fault lasts; or what should be accepted was refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request, with the key under which it is sent again."""

    who: str
    method: str
    path: str
    body: Mapping[str, Any] | None = None
    version: int | None = None
    key: str = ""


@dataclass(slots=True)
class Phone:
    """Sends for a handful of people, whose `tokens` it has; keeps what was accepted, in order."""

    url: str
    tokens: Mapping[str, str]
    agency: str
    name: str
    rng: Random
    accepted: list[Accepted] = field(default_factory=list)
    keys: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Of every accepted command, under its key: the service, and the position that was answered."""
    again: int = 0
    """How often something was sent again that may have been stored already."""
    wrong: list[str] = field(default_factory=list)
    """What was answered differently the second time."""
    answers: Counter[str] = field(default_factory=Counter)
    took: list[tuple[float, float]] = field(default_factory=list)
    """When a command was first sent, and how many seconds the one attempt took that was answered."""
    _count: int = 0

    def post(self, who: str, path: str, body: Mapping[str, Any], version: int | None = None) -> Answer:
        return self.send(Request(who=who, method="POST", path=path, body=body, version=version))

    def put(self, who: str, path: str, body: Mapping[str, Any], version: int) -> Answer:
        return self.send(Request(who=who, method="PUT", path=path, body=body, version=version))

    def send(self, wanted: Request) -> Answer:
        """Send a command until it is answered for good; one in ten twice at once, and one in six again afterwards."""
        self._count += 1
        request = Request(**{name: getattr(wanted, name) for name in Request.__slots__} | {"key": self._key()})
        if self.rng.random() < 0.1:
            with ThreadPoolExecutor(1) as other:
                twin = other.submit(self._until_answered, request)
                answer, second = self._until_answered(request), twin.result()
            self._compare(request, answer, second)
        else:
            answer = self._until_answered(request)
        if not 200 <= answer.status < 300:
            raise GaveUp(f"{request.method} {request.path} {request.body}: {answer.status} {answer.body}")
        self._keep(request, answer)
        if self.rng.random() < 0.16:
            self._compare(request, answer, self._until_answered(request))
        return answer

    def version_of(self, who: str, path: str) -> int:
        """The present version of a resource."""
        return version_of(self._until_answered(Request(who=who, method="GET", path=path)))

    def _key(self) -> str:
        return f"{self.name}-{self._count}"

    def _until_answered(self, request: Request) -> Answer:
        began, attempt = time.monotonic(), 0
        while True:
            sent = time.monotonic()
            answer = self._once(request)
            self.answers[str(answer.status) if answer else "none"] += 1
            waited = time.monotonic() - began
            if answer is None or answer.status >= 500:
                if waited > GIVE_UP_SECONDS:
                    raise GaveUp(f"{request.method} {request.path}: {answer}")
                self.again += request.method != "GET"
            elif answer.status not in _NOT_HEARD_YET or waited > HEARD_SECONDS:
                self.took.append((began, time.monotonic() - sent))
                return answer
            attempt += 1
            time.sleep(min(1.0, 0.05 * 2**attempt))

    def _once(self, request: Request) -> Answer | None:
        """One attempt; nothing when no whole answer came back."""
        headers = {"Authorization": f"Bearer {self.tokens[request.who]}", "Content-Type": "application/json"}
        if request.key:
            headers["Idempotency-Key"] = request.key
        if request.version is not None:
            headers["If-Match"] = f'"{request.version}"'
        data = None if request.body is None else json.dumps(request.body, ensure_ascii=False).encode()
        try:
            answer = requests.request(
                request.method, self.url + request.path, headers=headers, data=data, timeout=ANSWER_SECONDS
            )
            is_json = "json" in answer.headers.get("Content-Type", "")
            return Answer(answer.status_code, answer.headers, answer.json() if is_json else {})
        except requests.RequestException:
            return None

    def _keep(self, request: Request, answer: Answer) -> None:
        service, position = answer.headers["X-Caseledger-Position"].split("=")
        self.keys[f"account-{request.who}:{request.key}"] = (service, int(position))
        self.accepted.append(
            Accepted(
                agency=self.agency,
                service=service,
                method=request.method,
                path=request.path,
                body=request.body or {},
                answer=answer.body,
                recorded_at=datetime.now(UTC),
                position=int(position),
            )
        )

    def _compare(self, request: Request, first: Answer, second: Answer) -> None:
        """The same request again answers the same."""
        self.again += 1
        told = [(one.status, one.headers.get("X-Caseledger-Position")) for one in (first, second)]
        if told[0] != told[1]:
            self.wrong.append(f"{request.method} {request.path}: answered {told[0]}, and again {told[1]}")


def version_of(answer: Answer) -> int:
    """The version that an answer tells."""
    return int(answer.headers["ETag"].strip('W/"'))
