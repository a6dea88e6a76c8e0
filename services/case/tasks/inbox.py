"""What this service reads of concerns for a child in meetings and visits: each entry that says so raises one task."""

from collections.abc import Callable, Sequence
from functools import partial

import msgspec
from sqlalchemy import Connection

from services.case.tasks.handlers import Source, raise_task
from shared.bus.envelope import Arrived
from shared.bus.versions import require_known
from shared.eventstore import CommandMeta, EventStore
from shared.ids import is_id

_SAVED = ("ServiceUnitRecorded", "ServiceUnitCorrected")


class _Participant(msgspec.Struct, frozen=True):
    person_id: str


class _Unit(msgspec.Struct, frozen=True):
    unit_id: str
    team_id: str
    case_id: str | None = None
    participants: tuple[_Participant, ...] = ()


class _Saved(msgspec.Struct, frozen=True):
    unit: _Unit


class _Concern(msgspec.Struct, frozen=True):
    child_safety_concern: bool = False


class _Said(msgspec.Struct, frozen=True):
    """All that is read of most entries."""

    unit: _Concern


def learner(store: EventStore) -> Callable[[Connection, Sequence[Arrived]], None]:
    """What to do with arrived events: raise the tasks they ask for in the same transaction."""

    def take_in(connection: Connection, events: Sequence[Arrived]) -> None:
        for arrived in events:
            if arrived.service in ("groups", "outreach") and arrived.type in _SAVED:
                require_known(arrived)
                if msgspec.json.decode(arrived.data, type=_Said).unit.child_safety_concern:
                    _raise(connection, store, arrived, msgspec.json.decode(arrived.data, type=_Saved).unit)

    return take_in


def _raise(connection: Connection, store: EventStore, arrived: Arrived, unit: _Unit) -> None:
    """Known by the entry, so that a corrected entry raises nothing more."""
    meta = CommandMeta(
        agency_id=arrived.agency_id,
        actor=arrived.actor,
        command_key=f"concern:{unit.unit_id}",
        command_hash=b"",
        correlation_id=arrived.correlation_id,
        causation_id=arrived.event_id,
        traceparent=arrived.traceparent,
    )
    source = Source(
        entry_id=unit.unit_id,
        team_id=unit.team_id,
        case_id=unit.case_id,
        person_id=_only_person(unit),
        service=arrived.service,
    )
    store.run_within(connection, meta, partial(raise_task, source=source, kind="child_safety"))


def _only_person(unit: _Unit) -> str | None:
    """The one registered person in it; a token of outreach is nobody here."""
    people = [one.person_id for one in unit.participants]
    return people[0] if len(people) == 1 and is_id(people[0], "person") else None
