"""What was accepted: a request that was answered 2xx, with what the answer said."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """One accepted request. `position` is where its last event stands in the store of its `service`.

    `recorded_at` is the aware moment of the clock when it was accepted; `agency` is that of the one who asked.
    """

    agency: str
    service: str
    method: str
    path: str
    body: Mapping[str, Any]
    answer: Mapping[str, Any]
    recorded_at: datetime
    position: int
