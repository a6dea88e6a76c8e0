"""The pages of a loaded demo as a worker and a leader have them: how long the server takes, and how much they weigh.

`python -m tests.bench.pages DIRECTORY` prints every page of a demo that is loaded already.
"""

import gzip
import re
import statistics
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import requests
from rich.console import Console
from rich.table import Table

from deploy.demo.staff import PASSWORD
from shared.web.demo import demo_of
from tests.bench.measure import Ratio, in_turns, seconds
from tests.e2e.serving import serving

ROUNDS = 9
MEDIAN_MS, MOST_MS = 40, 150
FIRST_KB, FOLLOWING_KB = 200, 40
HEAVY = (
    "/reporting/contracts/kachi-2",
    "/reporting/contracts/kachi-2/figures/output-2/sessions",
    "/reporting/contracts/kachi-2/figures/output-1/attendances",
    "/reporting/contracts/kachi-2/figures/outcome-1/improved",
    "/reporting/contracts/kachi-2/moved?since=2021-05-01",
    "/reporting/contracts/kachi-2/moved?since=2018-06-01",
)
"""The pages of three years of sessions, which the first link of a kind need not lead to."""
_PARTICULAR = re.compile(r"/[a-z]+-[0-9a-f]{8}-[0-9a-f-]+|(?<=/contracts/)[^/?]+|(?<=/figures/).+")
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
    password: str = PASSWORD
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

    def pages(self, more: Iterable[str] = ()) -> list[str]:
        """One page of every kind that links lead to from the first one on, and `more`."""
        found: dict[str, str] = {}
        waiting = deque(["/", *more])
        while waiting:
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


def measured(reader: Reader, addresses: Iterable[str]) -> list[Page]:
    """Each page with the median of its times, all of them taking turns."""
    addresses = list(addresses)
    works = [lambda address=address: reader.milliseconds(address) for address in addresses]  # type: ignore[misc]
    times = in_turns(ROUNDS, *works)
    htmls = (reader.get(address).text for address in addresses)
    return [
        Page(address, took, compressed(html), reader.assets(html))
        for address, took, html in zip(addresses, times, htmls, strict=True)
    ]


def run(scale: float) -> Iterator[Ratio]:
    """The ratios of a demo that is loaded for this, at full size alone: `grown` asks for the same pages at any size."""
    if scale < 1:
        return
    with tempfile.TemporaryDirectory() as directory:
        with serving(Path(directory), {}, "--demo"):
            while not demo_of(Path(directory)).finished:
                time.sleep(1)
        yield from of_demo(Path(directory))


def of_demo(directory: Path) -> Iterator[Ratio]:
    """The ratios of a demo that lies in a directory, to a worker and to a leader."""
    for role, pages in everybody(directory).items():
        yield from ratios(role, pages)


def everybody(directory: Path) -> dict[str, list[Page]]:
    """All pages of a worker and of a leader."""
    with serving(directory, {}) as served:
        worker, leader = Reader(served.url, "worker1"), Reader(served.url, "leader1")
        return {
            "worker": measured(worker, worker.pages()),
            "leader": measured(leader, leader.pages(HEAVY)),
        }


def ratios(role: str, pages: list[Page]) -> Iterator[Ratio]:
    """The median and the slowest page, the first page's weight and the heaviest of those that follow."""
    first = pages[0]
    slowest = max(pages, key=lambda one: one.milliseconds)
    heaviest = max(pages[1:], key=lambda one: one.after(first))
    median = statistics.median(one.milliseconds for one in pages)
    for name, ours, other, unit in (
        (f"median of {len(pages)} pages", median, MEDIAN_MS, "ms"),
        (f"slowest page, {slowest.address}", slowest.milliseconds, MOST_MS, "ms"),
        ("first page, compressed", first.first, FIRST_KB, "KB"),
        (f"heaviest page after it, {heaviest.address}", heaviest.after(first), FOLLOWING_KB, "KB"),
    ):
        yield Ratio(name=f"{role}: {name}", ours=ours, other=other, unit=unit, aim=1, at_least=False)


def main() -> int:
    """Print every page of a loaded demo, the slowest first."""
    table = Table("who", "page", "ms", "KB after the first", "KB alone")
    for role, pages in everybody(Path(sys.argv[1])).items():
        for one in sorted(pages, key=lambda one: -one.milliseconds):
            numbers = (f"{one.milliseconds:.0f}", f"{one.after(pages[0]):.1f}", f"{one.first:.1f}")
            table.add_row(role, one.address, *numbers)
        for ratio in ratios(role, pages):
            table.add_row("", ratio.name, f"{ratio.ours:.1f}", f"aim {ratio.other:.0f}", ratio.verdict)
    Console(width=160).print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
