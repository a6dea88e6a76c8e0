"""The made tables in the README of each service, and of the edge that all of them share."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from docs.making.catalogue import anchor
from docs.making.consumed import Readers
from docs.making.endpoints import Endpoints
from docs.making.published import Published
from docs.making.settings import settings_of
from docs.making.tables import code, filled, table
from services.suite import Suite
from shared.settings import SERVICES

EDGE = Path("shared") / "web" / "README.md"


def readme_of(service: str) -> Path:
    """Where a service is described."""
    return Path("services") / service / "README.md"


def pages(root: Path, suite: Suite, events: Sequence[Published], readers: Readers) -> Iterator[tuple[Path, str]]:
    """Each page with its tables as they should be."""
    endpoints = {service: Endpoints(service, suite.apps[service]) for service in SERVICES}
    for service in SERVICES:
        blocks = {
            "endpoints": endpoints[service].api(),
            "pages": endpoints[service].pages(),
            "settings": settings_of(service),
            "published": _published([event for event in events if event.service == service], readers),
            "consumed": _consumed(service, events, readers),
        }
        yield readme_of(service), filled((root / readme_of(service)).read_text(encoding="utf-8"), blocks)
    edge = {endpoints[service].edge() for service in SERVICES}
    assert len(edge) == 1, "The edge of the services differs."
    yield EDGE, filled((root / EDGE).read_text(encoding="utf-8"), {"edge": edge.pop()})


def _published(events: Sequence[Published], readers: Readers) -> str:
    rows = [
        (
            f"[`{event.name}`](../../docs/events.md#{anchor(event)})",
            event.meaning,
            code(event.sealed),
            ", ".join(readers.of(event)),
        )
        for event in events
    ]
    return table(("event", "says", "sealed", "read by"), rows)


def _consumed(service: str, events: Sequence[Published], readers: Readers) -> str:
    rows = [
        (source, code(event.name for event in events if event.service == source and service in readers.of(event)))
        for source in SERVICES
    ]
    return table(("from", "events"), [row for row in rows if row[1]])
