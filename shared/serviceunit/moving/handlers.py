"""Moving entries to another contract, each in a step of its own: one that cannot be moved does not stop the others."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce
from typing import Any

from sqlalchemy import Connection, Table

from shared.auth.identity import Identity
from shared.auth.teams import require_team
from shared.errors import CaseledgerError, Invalid, NotFound, StaleVersion
from shared.eventstore import CommandMeta, Outcome, Recorded, Work
from shared.ids import is_id
from shared.service import Service
from shared.serviceunit import lifecycle
from shared.serviceunit.learnt.queries import contract_periods
from shared.serviceunit.lifecycle import MoveUnit
from shared.serviceunit.recording import Recording
from shared.serviceunit.unit import ServiceUnit

MOST = 200
"""What is moved in one request at the most."""
Refuse = Callable[[Connection, Identity, ServiceUnit], None]
"""Raises when a rule of the service forbids the entry as it would be."""
Titles = Callable[[Connection, Iterable[ServiceUnit]], Mapping[str, str]]
"""What the groups or cases of entries are called, by their ids; no names of people."""


@dataclass(frozen=True, slots=True)
class Movable:
    """The entries of one service: its commands, its list of them, what it refuses, their pages, what they belong to."""

    units: Recording[Any]
    table: Table
    refuse: Refuse
    address: str
    titles: Titles


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """From which contract to which, and the coded reason."""

    source: str
    target: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What became of one entry, or would: the entry under the other contract, else why it cannot be moved."""

    unit_id: str
    unit: ServiceUnit | None = None
    error: CaseledgerError | None = None
    outcome: Outcome | None = None


def would_move(
    movable: Movable, service: Service, who: Identity, move: Move, entries: Mapping[str, int]
) -> list[Moved]:
    """What would become of the `entries` (the version that was read by id); nothing is saved."""
    with service.database.read() as connection:
        period = _period(connection, who, move)

        def decided(unit_id: str, version: int) -> Moved:
            story = service.store.load(connection, unit_id, who.agency_id)
            events = _decided(movable, connection, who, unit_id, story, version, move, period)
            return Moved(unit_id=unit_id, unit=events[-1].unit)

        return [_tried(decided, unit_id, version) for unit_id, version in entries.items()]


def move_all(
    movable: Movable, service: Service, who: Identity, meta: CommandMeta, move: Move, entries: Mapping[str, int]
) -> list[Moved]:
    """Move the `entries`, each under a key of its own: whoever asks again with the same key moves nothing twice."""
    with service.database.read() as connection:
        period = _period(connection, who, move)

    def moved(unit_id: str, version: int) -> Moved:
        def body(work: Work) -> None:
            story = work.load(unit_id)
            events = _decided(movable, work.connection, who, unit_id, story, version, move, period)
            work.append(unit_id, events, version)

        own = replace(meta, command_key=f"{meta.command_key}.{unit_id}")
        outcome = service.store.run(own, body)
        return Moved(unit_id=unit_id, unit=outcome.events[-1].event.unit, outcome=outcome)

    return [_tried(moved, unit_id, version) for unit_id, version in entries.items()]


def _tried(moved: Callable[[str, int], Moved], unit_id: str, version: int) -> Moved:
    try:
        return moved(unit_id, version)
    except CaseledgerError as error:
        return Moved(unit_id=unit_id, error=error)


def _decided(
    movable: Movable,
    connection: Connection,
    who: Identity,
    unit_id: str,
    story: list[Recorded],
    version: int,
    move: Move,
    period: tuple[date, date],
) -> list[Any]:
    """The events of one move, after the rules of the lifecycle and of the service."""
    state = reduce(lifecycle.evolve, (one.event for one in story), lifecycle.INITIAL)
    if state.unit is None or not is_id(unit_id, movable.units.prefix):
        raise NotFound("entry_not_found", "There is no such entry.")
    require_team(who, state.unit.team_id)
    if len(story) != version:
        raise StaleVersion(unit_id, version)
    command = MoveUnit(source=move.source, target=move.target, period=period, reason=move.reason)
    events: list[Any] = list(lifecycle.decide(command, state))
    movable.refuse(connection, who, events[-1].unit)
    return events


def _period(connection: Connection, who: Identity, move: Move) -> tuple[date, date]:
    """When the other contract runs; both must be contracts of the agency, and not the same one."""
    known = contract_periods(connection, who.agency_id, [move.source, move.target])
    for field, contract_id in (("source", move.source), ("target", move.target)):
        if contract_id not in known:
            raise Invalid("contract_unknown", "There is no such contract.", field=field)
    if move.source == move.target:
        raise Invalid("same_contract", "Choose another contract than the one they are booked under.", field="target")
    return known[move.target]
