"""All pages that are made, or have made parts."""

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from docs.making import asyncapi, catalogue, services
from docs.making.consumed import readers
from docs.making.published import ROOT, vocabulary
from services.suite import Suite, build
from shared.settings import Settings


def pages(settings: Settings) -> dict[Path, str]:
    """Each page by its path in the project. `settings` name a new, empty data directory, used up by this."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    words = vocabulary()
    with opened(settings) as suite:
        found = readers(suite, words.events)
        made = dict(services.pages(ROOT, suite, words.events, found))
    stands = (ROOT / asyncapi.PAGE).read_text(encoding="utf-8") if (ROOT / asyncapi.PAGE).exists() else None
    made[asyncapi.PAGE] = asyncapi.page(words, found, project["version"], stands)
    made[catalogue.PAGE] = catalogue.page(words, found)
    return made


@contextmanager
def opened(settings: Settings) -> Iterator[Suite]:
    """A suite for the length of a block."""
    suite = build(settings)
    try:
        yield suite
    finally:
        suite.close()
