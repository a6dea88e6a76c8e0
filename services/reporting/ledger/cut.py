"""A cut: one position per service. What was known at a cut never changes, whatever arrives later."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from shared.errors import Invalid

SOURCES = ("case", "groups", "outreach")
"""The services whose events are taken in."""
SERVICES = (*SOURCES, "reporting")
_PART = re.compile(r"([a-z]{1,20}):(\d{1,18})")


@dataclass(frozen=True, slots=True)
class Cut:
    """The last position known of every service; written `case:10432,groups:2211,outreach:998,reporting:77`."""

    positions: Mapping[str, int]

    def __getitem__(self, service: str) -> int:
        return self.positions.get(service, 0)

    def __str__(self) -> str:
        return ",".join(f"{service}:{self[service]}" for service in SERVICES)

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
        return cls(positions)
