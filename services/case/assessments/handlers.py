"""Assessments and tallies: load, decide, append, in one transaction each."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

from services.case.assessments.domain import (
    INITIAL,
    NO_TALLY,
    Assessment,
    AssessmentState,
    CorrectAssessment,
    CorrectTally,
    RecordAssessment,
    RecordTally,
    Tally,
    TallyState,
    VoidEntry,
    decide,
    decide_tally,
    evolve,
    evolve_tally,
)
from services.case.assessments.instruments import INSTRUMENTS
from services.case.cases.queries import case_list
from services.case.people.queries import known_people
from services.case.sessions.queries import case_facts
from services.case.tasks.handlers import Source, raise_task, withdraw_task
from shared.auth.identity import Identity
from shared.auth.teams import chosen_team, require_team
from shared.clock import local_date
from shared.errors import FieldError, Invalid, NotFound
from shared.eventstore import CommandMeta, Outcome, Recorded, Work
from shared.ids import chosen_id, is_id
from shared.service import Service
from shared.serviceunit.learnt.queries import contract_periods


@dataclass(frozen=True, slots=True)
class Written:
    """What a command on an assessment did, and the assessment after it."""

    outcome: Outcome
    state: AssessmentState


@dataclass(frozen=True, slots=True)
class Counted:
    """What a command on a tally did, and the tally after it."""

    outcome: Outcome
    state: TallyState


def record(
    service: Service, who: Identity, meta: CommandMeta, asked: dict[str, Any], *, dry_run: bool = False
) -> Written:
    """Record an assessment."""
    entry_id = chosen_id(asked.get("id"), "assessment")

    def body(work: Work) -> None:
        entry = _entry(service, who, work, entry_id, asked, None)
        command = RecordAssessment(entry=entry, note_subject=entry.person_id or entry_id, today=local_date(work.now))
        state, version = work.fold(entry_id, INITIAL, evolve)
        work.append(entry_id, decide(command, state), version)
        _follow_up(work, entry_id, concern=asked["child_safety_concern"])

    outcome = service.store.run(meta, body, dry_run=dry_run)
    return Written(outcome, _after(outcome))


def correct(
    service: Service,
    who: Identity,
    meta: CommandMeta,
    entry_id: str,
    asked: dict[str, Any],
    expected: int,
    *,
    dry_run: bool = False,
) -> Written:
    """Replace the content of an assessment by the full new one."""

    def body(work: Work) -> None:
        state = _visible(work.fold(_checked_id(entry_id, "assessment"), INITIAL, evolve)[0], who)
        entry = _entry(service, who, work, entry_id, asked, state.entry)
        command = CorrectAssessment(
            entry=entry,
            note_subject=entry.person_id or entry_id,
            today=local_date(work.now),
            reason=asked["reason"],
            reason_text=asked["reason_text"],
        )
        work.append(entry_id, decide(command, state), expected)
        _follow_up(work, entry_id, concern=asked["child_safety_concern"])

    outcome = service.store.run(meta, body, dry_run=dry_run)
    return Written(outcome, _after(outcome))


def void(
    service: Service,
    who: Identity,
    meta: CommandMeta,
    entry_id: str,
    asked: dict[str, Any],
    expected: int,
    *,
    dry_run: bool = False,
) -> Outcome:
    """Say that an assessment should never have been entered."""

    def body(work: Work) -> None:
        state = _visible(work.fold(_checked_id(entry_id, "assessment"), INITIAL, evolve)[0], who)
        command = VoidEntry(entry_id=entry_id, reason=asked["reason"], reason_text=asked["reason_text"])
        work.append(entry_id, decide(command, state), expected)
        withdraw_task(work, entry_id, "self_harm_risk", "entry_voided")

    return service.store.run(meta, body, dry_run=dry_run)


def _after(outcome: Outcome) -> AssessmentState:
    """The assessment as a command that gave its full content left it."""
    own = (pending.event for pending in outcome.events if pending.stream_id == outcome.stream_id)
    return reduce(evolve, own, INITIAL)


def _follow_up(work: Work, entry_id: str, *, concern: bool) -> None:
    """Raise the tasks of today that follow from what was just recorded, or withdraw the one that does no more."""
    state, _ = work.fold(entry_id, INITIAL, evolve)
    entry = state.entry
    assert entry is not None
    source = Source(
        entry_id=entry_id,
        team_id=entry.team_id,
        case_id=entry.case_id or _only_case(work, entry),
        person_id=entry.person_id,
    )
    if state.risk:
        raise_task(work, source, "self_harm_risk")
    else:
        withdraw_task(work, entry_id, "self_harm_risk", "entry_corrected")
    if concern:
        raise_task(work, source, "child_safety")


def _only_case(work: Work, entry: Assessment) -> str | None:
    """The one case of the team that the person of an assessment has, since its worker is to know."""
    if entry.person_id is None:
        return None
    agency_id, person_id = work.meta.agency_id, entry.person_id
    found = case_list(work.connection, agency_id, [entry.team_id], person_id=person_id, limit=50)
    running = [one["case_id"] for one in found if one["stage"] != "closed"]
    return running[0] if len(running) == 1 else None


def read(service: Service, who: Identity, entry_id: str) -> tuple[AssessmentState, list[Recorded]]:
    """An assessment of the asker's teams as it is now, and all that was recorded about it."""
    with service.database.read() as connection:
        story = service.store.load(connection, _checked_id(entry_id, "assessment"), who.agency_id)
    return _visible(reduce(evolve, (recorded.event for recorded in story), INITIAL), who), story


def _checked_id(entry_id: str, prefix: str) -> str:
    if not is_id(entry_id, prefix):
        raise NotFound("entry_not_found", "There is no such entry.")
    return entry_id


def _visible(state: AssessmentState, who: Identity) -> AssessmentState:
    if state.entry is None:
        raise NotFound("entry_not_found", "There is no such entry.")
    require_team(who, state.entry.team_id)
    return state


def _entry(
    service: Service,
    who: Identity,
    work: Work,
    entry_id: str,
    asked: dict[str, Any],
    before: Assessment | None,
) -> Assessment:
    """The assessment as asked for, with the team of the person, or of the case when nobody signed it."""
    teams, wrong = _teams(who, work, asked)
    if not contract_periods(work.connection, who.agency_id, [asked["contract_id"]]):
        wrong.append(FieldError("contract_id", "contract_unknown", "There is no such contract."))
    if wrong:
        raise Invalid.of(wrong)
    for team_id in teams:
        require_team(who, team_id)
    team_id = teams[0] if teams else chosen_team(who, service.accounts, asked["team_id"])
    given = {name: asked[name] for name in _GIVEN}
    note = asked.get("note", before.note if before else None)
    answers = None if asked["answers"] is None else tuple(asked["answers"])
    entry = Assessment(assessment_id=entry_id, team_id=team_id, answers=answers, note=note, **given)
    return replace(entry, instrument_version=asked["instrument_version"] or _usual_version(entry.instrument))


_GIVEN = (
    "person_id",
    "instrument",
    "instrument_version",
    "language",
    "phase",
    "assessed_on",
    "contract_id",
    "total",
    "case_id",
    "unit_id",
)


def _teams(who: Identity, work: Work, asked: dict[str, Any]) -> tuple[list[str], list[FieldError]]:
    """The teams of the person and of the case, as far as they are named, and who or what of them is unknown."""
    teams, wrong = [], []
    if asked["person_id"] is not None:
        known = known_people(work.connection, who.agency_id, [asked["person_id"]]).get(asked["person_id"])
        if known is None or known.erased:
            wrong.append(FieldError("person_id", "person_unknown", "This person is not registered here."))
        else:
            teams.append(known.team_id)
    if asked["case_id"] is not None:
        found = case_facts(work.connection, who.agency_id, [asked["case_id"]])
        if not found:
            wrong.append(FieldError("case_id", "case_unknown", "There is no such case."))
        teams += [facts.team_id for facts, _ in found.values()]
    return teams, wrong


def _usual_version(instrument: str) -> str:
    return INSTRUMENTS[instrument].versions[0] if instrument in INSTRUMENTS else ""


def record_tally(
    service: Service, who: Identity, meta: CommandMeta, asked: dict[str, Any], *, dry_run: bool = False
) -> Counted:
    """Record what nobody signed."""
    tally_id = chosen_id(asked.get("id"), "tally")
    team_id = chosen_team(who, service.accounts, asked["team_id"])

    def body(work: Work) -> None:
        command = RecordTally(entry=_tally(who, work, tally_id, team_id, asked), today=local_date(work.now))
        state, version = work.fold(tally_id, NO_TALLY, evolve_tally)
        work.append(tally_id, decide_tally(command, state), version)

    outcome = service.store.run(meta, body, dry_run=dry_run)
    return Counted(outcome, reduce(evolve_tally, (pending.event for pending in outcome.events), NO_TALLY))


def correct_tally(
    service: Service,
    who: Identity,
    meta: CommandMeta,
    tally_id: str,
    asked: dict[str, Any],
    expected: int,
    *,
    dry_run: bool = False,
) -> Counted:
    """Replace a tally by the full new one."""

    def choose(work: Work, state: TallyState) -> CorrectTally:
        assert state.event is not None
        entry = _tally(who, work, tally_id, state.event.team_id, asked)
        return CorrectTally(entry=entry, today=local_date(work.now), reason=asked["reason"])

    return _change_tally(service, who, meta, tally_id, choose, expected, dry_run=dry_run)


def void_tally(
    service: Service,
    who: Identity,
    meta: CommandMeta,
    tally_id: str,
    asked: dict[str, Any],
    expected: int,
    *,
    dry_run: bool = False,
) -> Counted:
    """Say that a tally should never have been entered."""

    def choose(_work: Work, _state: TallyState) -> VoidEntry:
        return VoidEntry(entry_id=tally_id, reason=asked["reason"])

    return _change_tally(service, who, meta, tally_id, choose, expected, dry_run=dry_run)


def read_tally(service: Service, who: Identity, tally_id: str) -> tuple[TallyState, list[Recorded]]:
    """A tally of the asker's teams as it is now, and all that was recorded about it."""
    with service.database.read() as connection:
        story = service.store.load(connection, _checked_id(tally_id, "tally"), who.agency_id)
    return _own_tally(reduce(evolve_tally, (one.event for one in story), NO_TALLY), who), story


def _change_tally(
    service: Service,
    who: Identity,
    meta: CommandMeta,
    tally_id: str,
    choose: Callable[[Work, TallyState], CorrectTally | VoidEntry],
    expected: int,
    *,
    dry_run: bool,
) -> Counted:
    def body(work: Work) -> None:
        state = _own_tally(work.fold(_checked_id(tally_id, "tally"), NO_TALLY, evolve_tally)[0], who)
        work.append(tally_id, decide_tally(choose(work, state), state), expected)

    outcome = service.store.run(meta, body, dry_run=dry_run)
    return Counted(outcome, reduce(evolve_tally, (pending.event for pending in outcome.events), NO_TALLY))


def _own_tally(state: TallyState, who: Identity) -> TallyState:
    if state.event is None:
        raise NotFound("entry_not_found", "There is no such entry.")
    require_team(who, state.event.team_id)
    return state


def _tally(who: Identity, work: Work, tally_id: str, team_id: str, asked: dict[str, Any]) -> Tally:
    if not contract_periods(work.connection, who.agency_id, [asked["contract_id"]]):
        raise Invalid("contract_unknown", "There is no such contract.", field="contract_id")
    return Tally(
        tally_id=tally_id,
        team_id=team_id,
        instrument=asked["instrument"],
        instrument_version=asked["instrument_version"] or _usual_version(asked["instrument"]),
        contract_id=asked["contract_id"],
        unit_id=asked["unit_id"],
        assessed_on=asked["assessed_on"],
        totals=asked["totals"],
        scores=asked["rows"],
        satisfied_from=asked["satisfied_from"],
    )
