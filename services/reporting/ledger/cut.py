"""A cut: one position per service, without what could not be read by then. What was known at it never changes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from shared.errors import Invalid

SOURCES = ("case", "groups", "outreach")
"""The services whose events are taken in."""
SERVICES = (*SOURCES, "reporting")
_PART = re.compile(r"([a-z]{1,20}):(\d{1,18})((?:-\d{1,18})*)")


@dataclass(frozen=True, slots=True)
class Cut:
    """The last position known of every service, and of the messages up to there those that were parked.

    Written `case:10432,groups:2211-17-18,outreach:998,reporting:77`: 17 and 18 of groups had arrived and could not be
    read. When they are read later, this cut still does not know them.
    """

    positions: Mapping[str, int]
    parked: Mapping[str, frozenset[int]] = field(default_factory=dict)

    def __getitem__(self, service: str) -> int:
        return self.positions.get(service, 0)

    def knows(self, service: str, position: int) -> bool:
        """Whether an event at this position of a service was known."""
        return position <= self[service] and position not in self.parked.get(service, ())

    def __str__(self) -> str:
        return ",".join(
            f"{service}:{self[service]}" + "".join(f"-{one}" for one in sorted(self.parked.get(service, ())))
            for service in SERVICES
        )

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the written form; raises `Invalid` unless every service stands in it once."""
        parts = [_PART.fullmatch(part.strip()) for part in text.split(",")]
        positions = {found[1]: int(found[2]) for found in parts if found}
        if not all(parts) or len(positions) < len(parts) or positions.keys() != set(SERVICES):
            raise Invalid(
                "cut_unreadable",
                "A cut names one position of each service, such as %(example)s.",
                field="cut",
                example="case:10432,groups:2211,outreach:998,reporting:77",
            )
        parked = {found[1]: frozenset(map(int, found[3].split("-")[1:])) for found in parts if found and found[3]}
        return cls(positions, parked)
