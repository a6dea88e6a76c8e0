"""One request of the demo, and the plan that puts thousands of them in the order in which they were made."""

from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from typing import Any
from uuid import UUID, uuid5

_NAMESPACE = UUID("2b8f9f3c-53c5-4d0e-9a77-0c7f6a3b2018")

Body = dict[str, Any]


def made_id(prefix: str, name: str) -> str:
    """Return the id of the thing the demo calls `name`: random to look at, the same in every demo."""
    return f"{prefix}-{uuid5(_NAMESPACE, f'{prefix}:{name}')}"


class Order(IntEnum):
    """What comes first on a day: what others refer to before what refers to it."""

    CONTRACT = 0
    PERSON = 1
    FRAME = 2  # cases, groups, places, contacts, practitioners
    MEMBER = 3
    PLAN = 4
    ENTRY = 5
    CHANGE = 6
    LINK = 7  # identifications and merges
    END = 8


@dataclass(frozen=True, slots=True)
class VersionOf:
    """Stands in a body for the version of a resource, which only the answers tell."""

    resource: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One request as a worker made it.

    `day` is when it was entered and `who` the user name that entered it. `resource` is the thing it writes; with
    `based_on` the request carries that thing's version. `known_elsewhere` marks what the other services must have
    learned before later steps refer to it.
    """

    day: date
    order: Order
    who: str
    method: str
    path: str
    body: Body
    key: str
    resource: str
    based_on: bool = False
    known_elsewhere: bool = False

    @property
    def service(self) -> str:
        """The service this request goes to."""
        return self.path.split("/")[1]


@dataclass(slots=True)
class Plan:
    """Collects the steps of the demo in any order and gives them in the order of their making."""

    steps: list[Step] = field(default_factory=list)
    _keys: dict[str, int] = field(default_factory=dict)

    def add(
        self,
        day: date,
        order: Order,
        who: str,
        path: str,
        body: Body,
        *,
        resource: str,
        method: str = "POST",
        based_on: bool = False,
        known_elsewhere: bool = False,
    ) -> None:
        """Add one request. Its idempotency key follows from what it does to which resource."""
        act = f"{path.rsplit('/', 1)[-1]}:{resource}" if based_on else f"new:{resource}"
        nth = self._keys[act] = self._keys.get(act, 0) + 1
        self.steps.append(
            Step(
                day=day,
                order=order,
                who=who,
                method=method,
                path=path,
                body=body,
                key=f"demo:{method}:{act}:{nth}",
                resource=resource,
                based_on=based_on,
                known_elsewhere=known_elsewhere,
            )
        )

    def ordered(self) -> list[Step]:
        """Return the steps by day and, within a day, so that nothing refers to what is not there yet."""
        return sorted(self.steps, key=lambda step: (step.day, step.order))
