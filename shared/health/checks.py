"""A check: one thing that a process needs, by name, with its state."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

OK = "ok"


@dataclass(frozen=True, slots=True)
class Check:
    """The state is `ok`, or says in a few words what is wrong; without an `essential` one the process is of no use."""

    name: str
    state: str = OK
    essential: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)


def readiness(checks: Collection[Check]) -> tuple[dict[str, Any], int]:
    """Return what `/readyz` answers: 200 also when something is wrong that does not stop this process's own work."""
    failing = [check for check in checks if check.state != OK]
    unusable = any(check.essential for check in failing)
    status = "not ready" if unusable else "degraded" if failing else OK
    return {
        "status": status,
        "checks": {check.name: {"state": check.state, **check.facts} for check in checks},
    }, 503 if unusable else 200
