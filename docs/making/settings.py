"""The settings of a service, from `.env.example`, which lists every one with its default and its meaning."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from docs.making.published import ROOT
from docs.making.tables import table
from shared.settings import SERVICES

_LINE = re.compile(r"([A-Z_]+)=(.*)")


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting; those that stand together share what is said of them."""

    name: str
    default: str
    meaning: str

    def concerns(self, service: str) -> bool:
        """Whether a process of this service reads it: all do, except for what bears another service's name."""
        return not any(f"_{other.upper()}_" in self.name for other in SERVICES if other != service)


def settings() -> Iterator[Setting]:
    """Every setting in the order of `.env.example`."""
    for block in (ROOT / ".env.example").read_text(encoding="utf-8").split("\n\n"):
        lines = block.splitlines()
        comment = " ".join(line.removeprefix("#").strip() for line in lines if line.startswith("#"))
        for found in filter(None, map(_LINE.fullmatch, lines)):
            yield Setting(found[1], found[2], comment)


def settings_of(service: str) -> str:
    """The table of what a service's processes read; settings that stand together have one line."""
    together: dict[str, list[Setting]] = {}
    for setting in settings():
        if setting.concerns(service):
            together.setdefault(setting.meaning, []).append(setting)
    rows = [
        ("<br>".join(f"`{each.name}={each.default}`" for each in group), meaning) for meaning, group in together.items()
    ]
    return table(("setting and default", "meaning"), rows)
