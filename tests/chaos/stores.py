"""What the databases of a running stack say, asked directly: what is stored, published, taken in, and parked."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module

from sqlalchemy import Connection, Engine, create_engine, text

from deploy.stack.stack import Stack
from shared.settings import SERVICES


@dataclass(frozen=True, slots=True)
class Stores:
    """Connections to the database of every service."""

    engines: dict[str, Engine]

    def unfinished(self) -> list[str]:
        """What is not yet published or not yet taken in by everybody who reads it, and what is parked or forked."""
        found = []
        heads = {service: self._number(service, "SELECT max(position) FROM event") for service in SERVICES}
        for service in SERVICES:
            published = self._number(service, "SELECT max(position) FROM relay_checkpoint")
            if published != heads[service]:
                found.append(f"{service}: {heads[service] - published} not published")
            marks = self.watermarks(service)
            for source in READS[service]:
                if marks.get(source, 0) != heads[source]:
                    found.append(f"{service} lacks {heads[source] - marks.get(source, 0)} of {source}")
            for table in ("parked", "fork"):
                if count := self._number(service, f"SELECT count(*) FROM {table}"):
                    found.append(f"{service}: {count} rows in {table}")
        return found

    def settle(self, seconds: float) -> list[str]:
        """Wait until nothing is unfinished, at most so long; return what still is."""
        deadline = time.monotonic() + seconds
        while unfinished := self.unfinished():
            if time.monotonic() > deadline:
                break
            time.sleep(0.1)
        return unfinished

    def watermarks(self, service: str) -> dict[str, int]:
        """Up to where a service has taken in the others."""
        with self._read(service) as connection:
            return {row.service: row.position for row in connection.execute(text("SELECT * FROM watermark"))}

    def commands(self, keys: str) -> dict[str, dict[str, tuple[int, int]]]:
        """Of every service, under each key like `keys`: how often the key is stored, and the last position of it."""
        query = (
            "SELECT command_key AS key, count(*) AS times, max(coalesce(next - 1, head)) AS last FROM ("
            " SELECT command_key, lead(position) OVER (ORDER BY position) AS next,"
            " (SELECT max(position) FROM event) AS head FROM event WHERE command_key IS NOT NULL) AS commands"
            " WHERE command_key LIKE :keys GROUP BY command_key"
        )
        found = {}
        for service in SERVICES:
            with self._read(service) as connection:
                rows = connection.execute(text(query), {"keys": keys})
                found[service] = {row.key: (row.times, row.last) for row in rows}
        return found

    def living(self, contract: str) -> list[str]:
        """The entries of a contract that live in the ledger; one that is there twice was counted twice."""
        query = f"SELECT unit_id FROM segment WHERE contract_id = :contract AND dead = {2**63 - 1}"
        with self._read("reporting") as connection:
            return list(connection.execute(text(query), {"contract": contract}).scalars())

    @contextmanager
    def _read(self, service: str) -> Iterator[Connection]:
        with self.engines[service].connect() as connection:
            yield connection

    def _number(self, service: str, query: str) -> int:
        with self._read(service) as connection:
            return connection.scalar(text(query)) or 0


def _reads(service: str) -> tuple[str, ...]:
    if service == "reporting":
        return tuple(import_module("services.reporting.ledger.cut").SOURCES)
    return tuple(import_module(f"services.{service}.app").READS)


READS = {service: _reads(service) for service in SERVICES}


@contextmanager
def opened_stores(stack: Stack) -> Iterator[Stores]:
    """Open the databases of a stack."""
    urls = {service: stack.layout.settings[f"CASELEDGER_{service.upper()}_DATABASE"] for service in SERVICES}
    engines = {service: create_engine(url, pool_pre_ping=True) for service, url in urls.items()}
    try:
        yield Stores(engines)
    finally:
        for engine in engines.values():
            engine.dispose()


def eventually(true: Callable[[], bool], seconds: float, what: str) -> float:
    """Wait until something is true; return how many seconds that took."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds, f"It did not happen in {seconds} s: {what}"
        time.sleep(0.05)
    return time.monotonic() - began
