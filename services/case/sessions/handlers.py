"""Sessions: load, decide, append, in one transaction each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import Connection

from services.case.cases.queries import belonging, cases_of
from services.case.people.queries import Known, known_people
from services.case.sessions import queries
from services.case.sessions.domain import (
    KINDS,
    PROFESSIONS,
    CaseFacts,
    doubts,
    not_members,
    refuse_counted_twice,
    tags_of,
)
from services.case.tables import session_unit
from services.case.tasks.handlers import Source, raise_task
from shared.auth.identity import Identity
from shared.auth.teams import reads_notes, require_team
from shared.clock import local_date
from shared.errors import FieldError, Invalid, RuleBroken
from shared.eventstore import CommandMeta, Outcome, Work
from shared.ids import is_id, new_id
from shared.service import Service
from shared.serviceunit import lifecycle
from shared.serviceunit.checks import unknown_code, unknown_contracts, unknown_names, wrong_fields
from shared.serviceunit.events import ServiceUnitPlanned, ServiceUnitRecorded
from shared.serviceunit.learnt.queries import contract_periods
from shared.serviceunit.lifecycle import PlanUnit, Private, UnitState, VoidUnit
from shared.serviceunit.moving.handlers import Movable
from shared.serviceunit.notices import Notice, dual_relationships, outside_period, same_people, somebody_helps
from shared.serviceunit.recording import Entry, Recording, own, state_after, unknown_workers
from shared.serviceunit.schemas import named_helpers, participants, served_by, unit_of, unknown_people
from shared.serviceunit.unit import FollowUp, ServiceUnit

PREFIX = "session"


class InDoubt(RuleBroken):
    """What was asked for is doubtful, and nothing was saved; who is sure asks again."""

    def __init__(self, notices: Sequence[Notice]) -> None:
        super().__init__("in_doubt", "Please look at this before it is saved.")
        self.notices = notices


@dataclass(frozen=True, slots=True)
class Written:
    """What a command on a session did, the session after it, and what is worth a second look."""

    outcome: Outcome
    state: UnitState
    notices: Sequence[Notice] = ()


def _save(
    service: Service,
    who: Identity,
    meta: CommandMeta,
    unit_id: str,
    asked: dict[str, Any],
    entry: Entry,
    expected: int,
    *,
    dry_run: bool,
    when_in_doubt: frozenset[str] = frozenset(),
) -> Written:
    """Save a session. Raises `InDoubt` instead when there is a notice whose code is in `when_in_doubt`."""
    notices: list[Notice] = []

    def body(work: Work) -> None:
        state = own(work, who, unit_id, PREFIX) if expected else lifecycle.INITIAL
        draft = _Draft(service, who, work, unit_id, asked, state)
        notices[:] = draft.checked()
        if any(one.code in when_in_doubt for one in notices):
            raise InDoubt(notices)
        command = entry(draft.unit, draft.private(), local_date(work.now))
        work.append(unit_id, lifecycle.decide(command, state), expected)
        if asked.get("next_appointment"):
            _plan_next(service, who, work, asked)
        if asked["child_safety_concern"] and draft.unit.status != "planned":
            raise_task(work, _source(draft.unit), "child_safety")

    outcome = service.store.run(meta, body, dry_run=dry_run)
    state = state_after(outcome)
    if outcome.replayed and state.unit is not None:
        with service.database.read() as connection:
            notices = _notices(connection, who, state.unit)
    return Written(outcome, state, notices)


sessions = Recording(PREFIX, _save)
DOUBTS = frozenset({"possible_duplicate", "overlap"})
sessions_if_sure = Recording(PREFIX, partial(_save, when_in_doubt=DOUBTS))
"""The same commands, which save nothing that may be there already or could not have been at that time."""


def take_back_next(service: Service, session_id: str, work: Work) -> None:
    """Void the appointment that was planned in one step with a session, unless it was recorded since."""
    for held in [one for one in work.load(session_id) if isinstance(one.event, ServiceUnitRecorded)]:
        for beside in service.store.read_all(work.connection, held.position, 1):
            if beside.correlation_id != held.correlation_id or not isinstance(beside.event, ServiceUnitPlanned):
                continue
            state, version = work.fold(beside.stream_id, lifecycle.INITIAL, lifecycle.evolve)
            if state.phase == "planned":
                command = VoidUnit(unit_id=beside.stream_id, reason="typing_error")
                work.append(beside.stream_id, lifecycle.decide(command, state), version)


def _plan_next(service: Service, who: Identity, work: Work, asked: dict[str, Any]) -> None:
    """Plan a session like the one that was asked for, on the day of the next appointment."""
    again = next_asked(asked)
    draft = _Draft(service, who, work, new_id(PREFIX), again, lifecycle.INITIAL)
    draft.checked()
    plan = PlanUnit(unit=draft.unit, private=draft.private(), today=local_date(work.now))
    work.append(draft.unit.unit_id, lifecycle.decide(plan, lifecycle.INITIAL), 0)


def next_asked(asked: dict[str, Any]) -> dict[str, Any]:
    """What is asked for the next appointment: the same, without what only this session had. Pure."""
    appointment = asked["next_appointment"]
    if appointment["on"] < asked["occurred_on"]:
        raise Invalid(
            "appointment_before",
            "The next appointment is before this session. Please change the day.",
            field="next_appointment.on",
        )
    own = {"status": "planned", "ends_at": None, "note": None, "late_reason": None, "unidentified_count": 0}
    expected = [{**one, "status": "present", "walk_in": False} for one in asked["participants"]]
    when = {"occurred_on": appointment["on"], "starts_at": appointment["starts_at"], "participants": expected}
    after = dict.fromkeys(("follow_up", "next_appointment"))
    return {**asked, **own, **when, **after, "referrals": []}


def _source(unit: ServiceUnit) -> Source:
    """What a task that follows from this session names."""
    people = {one.person_id for one in unit.participants}
    only = people.pop() if len(people) == 1 else None
    return Source(entry_id=unit.unit_id, team_id=unit.team_id, case_id=unit.case_id, person_id=only)


class _Draft:
    """A session as asked for, completed from its cases and from what is known of the people in it."""

    def __init__(
        self,
        service: Service,
        who: Identity,
        work: Work,
        unit_id: str,
        asked: dict[str, Any],
        state: UnitState,
    ) -> None:
        self.service, self.who, self.work, self.asked = service, who, work, asked
        self.before = state.unit
        self.entered_by = self.before.entered_by if self.before else who.account_id
        self.helpers = named_helpers(asked, state.helpers)
        case_ids = self._case_ids()
        self.about = queries.about(
            work.connection,
            who.agency_id,
            asked["occurred_on"],
            cases=case_ids,
            people=[one["person_id"] for one in asked["participants"]],
            workers=served_by(asked, self.entered_by, self.helpers),
        )
        self.people = {person_id: known for person_id, (known, _) in self.about.people.items()}
        self.groups = {person_id: groups for person_id, (_, groups) in self.about.people.items()}
        self.cases = self._cases(case_ids)
        self.unit = self._unit(unit_id)

    def private(self) -> Private:
        """What is sealed: under the person's key when there is one participant, else under the session's own."""
        keep = self.before is not None and ("note" not in self.asked or not reads_notes(self.who))
        note = self.asked.get("note")
        return Private(subject=self._note_subject(), note=note, helpers=self.helpers or None, keep_note=keep)

    def checked(self) -> list[Notice]:
        """Raise what is wrong, return what is doubtful."""
        unit, connection = self.unit, self.work.connection
        periods = contract_periods(connection, self.who.agency_id, [one.contract_id for one in unit.segments])
        wrong = [
            *wrong_fields(unit, local_date(self.work.now)),
            *_wrong_kind(unit),
            *unknown_people(self.asked, self._unknown()),
            *self._not_members(),
            *unknown_contracts(unit, periods, in_parts=bool(self.asked["segments"])),
            *unknown_names(unit, self.before),
            *unknown_workers(self.service, self.who, unit, self.helpers, self.before),
        ]
        if wrong:
            raise Invalid.of(wrong)
        others = self.about.near
        same = _same_people(connection, self.who, self.people, others)
        refuse_counted_twice(unit, others, same)
        return _doubts(connection, self.who, unit, others, same, periods)

    def _case_ids(self) -> list[str]:
        asked, before = self.asked, self.before
        ids = list(dict.fromkeys([*([asked["case_id"]] if asked.get("case_id") else []), *asked.get("case_ids", ())]))
        if not ids and before is not None:
            ids = list(before.case_ids or ([before.case_id] if before.case_id else []))
        if not ids:
            raise Invalid("case_missing", "Say which case this session belongs to.", field="case_id")
        return ids

    def _cases(self, ids: Sequence[str]) -> list[CaseFacts]:
        found = self.about.cases
        for case_id in ids:
            if case_id not in found:
                raise Invalid("case_unknown", "There is no such case.", field=self._case_path(case_id))
        for facts, version in found.values():
            require_team(self.who, facts.team_id)
            # The rules of the case were read from a read table: hold this command to what it said.
            self.work.loaded[facts.case_id] = version
        return [found[case_id][0] for case_id in ids]

    def _case_path(self, case_id: str) -> str:
        several: list[str] = self.asked.get("case_ids", [])
        return f"case_ids.{several.index(case_id)}" if case_id in several else "case_id"

    def _unit(self, unit_id: str) -> ServiceUnit:
        asked, before, first = self.asked, self.before, self.cases[0]
        aftercare = asked.get("aftercare", before is not None and "aftercare" in before.tags)
        return unit_of(
            self._with_contract(),
            unit_id=unit_id,
            kind=asked.get("kind") or (before.kind if before else "case_session"),
            team_id=before.team_id if before and before.case_id == first.case_id else first.team_id,
            entered_by=self.entered_by,
            people=participants(asked, self._target_groups()),
            helpers=self.helpers,
            case_id=first.case_id,
            case_ids=tuple(one.case_id for one in self.cases) if len(self.cases) > 1 else (),
            follow_up=FollowUp(**asked["follow_up"]) if asked.get("follow_up") else None,
            tags=tags_of(self.cases, asked["occurred_on"], aftercare=aftercare),
        )

    def _with_contract(self) -> dict[str, Any]:
        """What is left out is as the case has it."""
        asked = self.asked
        if asked["regular"] and (asked.get("contract_id") or asked["segments"]):
            raise Invalid("regular_or_contract", "Choose either regular service or a contract.", field="regular")
        left_out = "contract_id" not in asked and not asked["segments"] and not asked["regular"]
        return {**asked, "contract_id": self.cases[0].contract_id if left_out else asked.get("contract_id")}

    def _target_groups(self) -> Iterable[tuple[str, ...]]:
        """Those given, else those the person is in on the day."""
        for one in self.asked["participants"]:
            given = one["target_groups"]
            yield self.groups.get(one["person_id"], ()) if given is None else tuple(given)

    def _already(self) -> set[str]:
        return {one.person_id for one in self.before.participants} if self.before else set()

    def _unknown(self) -> set[str]:
        """Nobody erased may be added; who was in the entry before may stay in it."""
        usable = {one.person_id for one in self.people.values() if not one.erased} | self._already()
        return {one.person_id for one in self.unit.participants} - usable

    def _not_members(self) -> list[FieldError]:
        members = belonging(self.about.members, self.unit.occurred_on, ever="before_opening" in self.unit.tags)
        same = {one.person_id: one.root_id for one in self.people.values()}
        wrong = not_members(self.unit.participants, members, same)
        return [one for one in wrong if self.unit.participants[int(one.path.split(".")[1])].person_id in self.people]

    def _note_subject(self) -> str:
        match self.unit.participants:
            case (only,) if only.person_id in self.people and not self.people[only.person_id].erased:
                return only.person_id
        unit_id = self.unit.unit_id
        if self.before is not None and self.service.vault.is_destroyed(self.work.connection, unit_id):
            # Its earlier notes were destroyed after an erasure; what is written now needs another key.
            return new_id("note")
        return unit_id


def is_shared(note_subject: str) -> bool:
    """Say whether a session's notes lie under a key of their own, since they are not about one person alone."""
    return is_id(note_subject, PREFIX) or is_id(note_subject, "note")


def refuse_moved(connection: Connection, who: Identity, unit: ServiceUnit) -> None:
    """Raise where a session may not be booked under its new contract."""
    others = queries.sessions_near(connection, who.agency_id, unit)
    people = known_people(connection, who.agency_id, [one.person_id for one in unit.participants])
    refuse_counted_twice(unit, others, _same_people(connection, who, people, others))


movable = Movable(sessions, session_unit, refuse_moved, queries.ADDRESS, queries.case_numbers)


def _wrong_kind(unit: ServiceUnit) -> list[FieldError]:
    if unit.kind not in KINDS:
        return [unknown_code("kind", unit.kind, KINDS)]
    if unit.kind == "support_session" and unit.activity not in PROFESSIONS:
        return [unknown_code("activity", unit.activity or "", PROFESSIONS)]
    if len(unit.case_ids) > 1 and unit.kind != "support_session":
        return [FieldError("case_ids", "one_case_only", "A case session belongs to one case.")]
    return []


def _notices(connection: Connection, who: Identity, unit: ServiceUnit) -> list[Notice]:
    """What is worth a second look, as things are now."""
    others = queries.sessions_near(connection, who.agency_id, unit)
    people = known_people(connection, who.agency_id, [one.person_id for one in unit.participants])
    same = _same_people(connection, who, people, others)
    periods = contract_periods(connection, who.agency_id, [one.contract_id for one in unit.segments])
    return _doubts(connection, who, unit, others, same, periods)


def _doubts(
    connection: Connection,
    who: Identity,
    unit: ServiceUnit,
    others: Sequence[ServiceUnit],
    same: dict[str, str],
    periods: dict[str, tuple[date, date]],
) -> list[Notice]:
    helped = somebody_helps(one.role for one in unit.participants)
    people = {same.get(one.person_id, one.person_id) for one in unit.participants} if helped else set()
    return [
        *doubts(unit, others, same),
        *outside_period(unit, periods),
        *same_people(unit, same),
        *dual_relationships(unit, same, cases_of(connection, who.agency_id, people)),
    ]


def _same_people(
    connection: Connection, who: Identity, people: dict[str, Known], others: Iterable[ServiceUnit]
) -> dict[str, str]:
    """Who remained after merges, for everybody in this session and in the others."""
    beside = {one.person_id for other in others for one in other.participants} - people.keys()
    here = {one.person_id: one.root_id for one in people.values()}
    return here | queries.same_people(connection, who.agency_id, beside)
