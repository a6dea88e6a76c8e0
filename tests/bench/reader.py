"""Somebody who reads pages: how long the server takes for each, and how much it weighs."""

import gzip
import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

import requests

from tests.bench.measure import in_turns, seconds

_PARTICULAR = re.compile(r"/[a-z]+-(?:[0-9a-f]{8}-[0-9a-f-]+|\d[\d-]*)|(?<=/contracts/)[^/?]+|(?<=/figures/).+")
_LINK = re.compile(r"<a\s[^>]*?href=\"(/[^\"#]*)\"[^>]*>")
_ASSET = re.compile(r"(?:href|src)=\"(/[^\"]*?\.(?:css|js)[^\"]*)\"")
_IMPORT = re.compile(r"""(?:from|import)\s*\(?["'](\.?/[^"']+\.js)["']""")


@dataclass(frozen=True, slots=True)
class Page:
    """One page: the milliseconds of the server, its own compressed bytes, and those of its sheets and scripts."""

    address: str
    milliseconds: float
    own: int
    assets: dict[str, int]

    @property
    def first(self) -> float:
        """Kilobytes for somebody who has nothing of it yet."""
        return (self.own + sum(self.assets.values())) / 1000

    def after(self, first: "Page") -> float:
        """Kilobytes for somebody who comes from another page."""
        return (self.own + sum(size for name, size in self.assets.items() if name not in first.assets)) / 1000


@dataclass
class Reader:
    """Somebody who is signed in, on a connection that stays open."""

    url: str
    username: str
    password: str
    _weights: dict[str, tuple[int, tuple[str, ...]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._session = requests.Session()
        self._session.trust_env = False
        body = {"username": self.username, "password": self.password}
        token = self._session.post(f"{self.url}/api/v1/sessions", json=body, timeout=30).json()["token"]
        self._session.headers.update({"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"})

    def get(self, address: str) -> requests.Response:
        """What stands at an address."""
        answer = self._session.get(self.url + address, timeout=120)
        answer.raise_for_status()
        return answer

    def milliseconds(self, address: str) -> float:
        """How long it takes to come, once."""
        return 1000 * seconds(lambda: self.get(address))

    def assets(self, html: str) -> dict[str, int]:
        """The compressed bytes of every sheet and script of a page, and of what these import, by address."""
        found: dict[str, int] = {}
        waiting = deque(_ASSET.findall(html))
        while waiting:
            address = waiting.popleft()
            if address not in found:
                found[address], imports = self._weight(address)
                waiting.extend(imports)
        return found

    def _weight(self, address: str) -> tuple[int, tuple[str, ...]]:
        if address not in self._weights:
            text = self.get(address).text
            imports = tuple(urljoin(address, one) for one in _IMPORT.findall(text)) if ".js" in address else ()
            self._weights[address] = compressed(text), imports
        return self._weights[address]

    def pages(self, more: Iterable[str] = (), most: int = 1_000) -> list[str]:
        """One page of every kind that links lead to from the first one on, and `more`; so many kinds at `most`."""
        found: dict[str, str] = {}
        waiting = deque(["/", *more])
        while waiting and len(found) < most:
            address = waiting.popleft()
            kind = address if address in more else _PARTICULAR.sub("/ID", urlsplit(address).path)
            if kind in found:
                continue
            answer = self.get(address)
            if "text/html" in answer.headers["Content-Type"]:
                found[kind] = address
                waiting.extend(one.replace("&amp;", "&") for one in _LINK.findall(answer.text))
        return list(found.values())


def compressed(text: str) -> int:
    """Bytes on the wire, as a proxy compresses them."""
    return len(gzip.compress(text.encode(), 6))


def measured(reader: Reader, addresses: Iterable[str], rounds: int) -> list[Page]:
    """Each page with the median of so many times, all of them taking turns."""
    addresses = list(addresses)
    works = [lambda address=address: reader.milliseconds(address) for address in addresses]  # type: ignore[misc]
    times = in_turns(rounds, *works)
    htmls = (reader.get(address).text for address in addresses)
    return [
        Page(address, took, compressed(html), reader.assets(html))
        for address, took, html in zip(addresses, times, htmls, strict=True)
    ]
