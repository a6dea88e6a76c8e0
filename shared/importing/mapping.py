"""Which column of a file is which: by its headings in either language, or as the agency has said before. Pure."""

import hashlib
from collections.abc import Mapping, Sequence

from shared.importing.cells import folded
from shared.importing.kinds import Kind

Mapped = dict[str, int]
"""The place of each column in the file, from 0, by its name."""


def remembered(heading: str) -> str:
    """The mark by which a heading is known again; what it says is kept nowhere."""
    return hashlib.sha256(folded(heading).encode()).hexdigest()[:16]


def guessed(kind: Kind, headings: Sequence[str], before: Mapping[str, str]) -> Mapped:
    """Where each column stands; `before` says which column a heading was taken for by this agency."""
    found: Mapped = {}
    for place, heading in enumerate(headings):
        if not folded(heading):
            continue
        name = before.get(remembered(heading)) or _named(kind, heading)
        if name and name not in found:
            found[name] = place
    return found


def _named(kind: Kind, heading: str) -> str | None:
    wanted = folded(heading)
    return next((one.name for one in kind.columns if wanted in map(folded, one.headings)), None)


def to_remember(headings: Sequence[str], mapping: Mapping[str, int]) -> dict[str, str]:
    """What is remembered of a mapping that somebody has chosen."""
    return {remembered(headings[place]): name for name, place in mapping.items()}


def missing(kind: Kind, mapping: Mapping[str, int]) -> list[str]:
    """The columns that must be there and are not."""
    return [one.name for one in kind.columns if one.required and one.name not in mapping]
