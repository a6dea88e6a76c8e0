"""The one flow of plan, record, correct and void; a service adds how its units are completed, checked and stored."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from functools import reduce
from typing import Any, Generic, Protocol, TypeVar

from shared.auth.identity import Identity
from shared.auth.teams import require_team
from shared.errors import FieldError, NotFound
from shared.eventstore import CommandMeta, Outcome, Recorded, Work
from shared.ids import chosen_id, is_id
from shared.service import Service
from shared.serviceunit import lifecycle
from shared.serviceunit.lifecycle import CorrectUnit, PlanUnit, Private, RecordUnit, UnitCommand, UnitState, VoidUnit
from shared.serviceunit.unit import ServiceUnit

Asked = dict[str, Any]
Entry = Callable[[ServiceUnit, Private, date], UnitCommand]
"""Makes the command of a completed unit, of what stays sealed, and of today."""
Written_co = TypeVar("Written_co", covariant=True)


class Save(Protocol[Written_co]):
    """Completes what is asked for, checks it, and stores what the command of `entry` leads to."""

    def __call__(
        self,
        service: Service,
        who: Identity,
        meta: CommandMeta,
        unit_id: str,
        asked: Asked,
        entry: Entry,
        expected_version: int,
        /,
        *,
        dry_run: bool,
    ) -> Written_co: ...


def nothing(_work: Work) -> None:
    """What is usually done beside voiding an entry."""


@dataclass(frozen=True, slots=True)
class Recording(Generic[Written_co]):
    """The commands on the units of one service, whose ids begin with `prefix`."""

    prefix: str
    save: Save[Written_co]

    def plan(
        self, service: Service, who: Identity, meta: CommandMeta, asked: Asked, *, dry_run: bool = False
    ) -> Written_co:
        """Plan a unit; the people in it are those expected."""
        unit_id, planned = chosen_id(asked.get("id"), self.prefix), {**asked, "status": "planned"}
        return self.save(service, who, meta, unit_id, planned, _plan, 0, dry_run=dry_run)

    def record(
        self, service: Service, who: Identity, meta: CommandMeta, asked: Asked, *, dry_run: bool = False
    ) -> Written_co:
        """Record a unit that was not planned."""
        unit_id = chosen_id(asked.get("id"), self.prefix)
        return self.save(service, who, meta, unit_id, asked, _record, 0, dry_run=dry_run)

    def record_planned(
        self,
        service: Service,
        who: Identity,
        meta: CommandMeta,
        unit_id: str,
        asked: Asked,
        expected_version: int,
        *,
        dry_run: bool = False,
    ) -> Written_co:
        """Say how a planned unit went."""
        return self.save(service, who, meta, unit_id, asked, _record, expected_version, dry_run=dry_run)

    def correct(
        self,
        service: Service,
        who: Identity,
        meta: CommandMeta,
        unit_id: str,
        asked: Asked,
        expected_version: int,
        *,
        dry_run: bool = False,
    ) -> Written_co:
        """Put the full new content in place of the present one, for a coded reason."""
        why = {"reason": asked["reason"], "reason_text": asked["reason_text"]}

        def entry(unit: ServiceUnit, private: Private, today: date) -> CorrectUnit:
            return CorrectUnit(unit=unit, private=private, today=today, **why)

        return self.save(service, who, meta, unit_id, asked, entry, expected_version, dry_run=dry_run)

    def void(
        self,
        service: Service,
        who: Identity,
        meta: CommandMeta,
        unit_id: str,
        asked: Asked,
        expected_version: int,
        *,
        dry_run: bool = False,
        beside: Callable[[Work], None] = nothing,
    ) -> Outcome:
        """Say that a unit should never have been entered; it stays readable. `beside` is done in the same step."""
        command = VoidUnit(unit_id=unit_id, reason=asked["reason"], reason_text=asked["reason_text"])

        def body(work: Work) -> None:
            state = own(work, who, unit_id, self.prefix)
            work.append(unit_id, lifecycle.decide(command, state), expected_version)
            beside(work)

        return service.store.run(meta, body, dry_run=dry_run)

    def read(self, service: Service, who: Identity, unit_id: str) -> tuple[UnitState, list[Recorded]]:
        """Return a unit of this person's teams as it is now, and all that was recorded about it."""
        story: list[Recorded] = []
        if is_id(unit_id, self.prefix):
            with service.database.read() as connection:
                story = service.store.load(connection, unit_id, who.agency_id)
        state = reduce(lifecycle.evolve, (recorded.event for recorded in story), lifecycle.INITIAL)
        return _visible(state, who), story


def own(work: Work, who: Identity, unit_id: str, prefix: str) -> UnitState:
    """Return the state of a unit of this person's teams."""
    state = work.fold(unit_id, lifecycle.INITIAL, lifecycle.evolve)[0] if is_id(unit_id, prefix) else lifecycle.INITIAL
    return _visible(state, who)


def unknown_workers(
    service: Service, who: Identity, unit: ServiceUnit, helpers: Collection[str], before: ServiceUnit | None
) -> list[FieldError]:
    """The errors of those in `served_by` who have no account here, and are no `helpers`; who was in it before stays."""
    trusted = {who.account_id, *helpers, *(before.served_by if before else ())}
    if trusted.issuperset(unit.served_by):
        return []
    known = trusted | {account.account_id for account in service.accounts.list_accounts(who.agency_id)}
    return [
        FieldError(f"served_by.{index}", "worker_unknown", "Nobody with this account works here.")
        for index, worker in enumerate(unit.served_by)
        if worker not in known
    ]


def state_after(outcome: Outcome) -> UnitState:
    """Return the unit as the events of a command that gave its full content left it."""
    events = (pending.event for pending in outcome.events if pending.stream_id == outcome.stream_id)
    return reduce(lifecycle.evolve, events, lifecycle.INITIAL)


def _plan(unit: ServiceUnit, private: Private, today: date) -> PlanUnit:
    return PlanUnit(unit=unit, private=private, today=today)


def _record(unit: ServiceUnit, private: Private, today: date) -> RecordUnit:
    return RecordUnit(unit=unit, private=private, today=today)


def _visible(state: UnitState, who: Identity) -> UnitState:
    if state.unit is None:
        raise NotFound("entry_not_found", "There is no such entry.")
    require_team(who, state.unit.team_id)
    return state
