"""What stands behind a figure: its sessions and people, what is left out and why, and what moved it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

from services.reporting.contracts.queries import ContractAt, contract_at
from services.reporting.figures.chosen import people_of
from services.reporting.figures.how import How, how_counted, how_outcome_counted
from services.reporting.figures.rendering import outcome_values, output_values, printed, share
from services.reporting.figures.reports import NOW, Asked
from services.reporting.indicators.changes import Happened, Moved, Running, living, moves
from services.reporting.indicators.definition import Definition, Measure, Outcome, Output
from services.reporting.indicators.facts import Case, Facts, Score, Seen
from services.reporting.indicators.filters import Counted
from services.reporting.indicators.indicators import Pair
from services.reporting.indicators.report import (
    Count,
    case_selection,
    count_outcome,
    counting_people,
)
from services.reporting.indicators.running import RunningPart, running_measure, running_outcome
from services.reporting.indicators.since import parts_of
from services.reporting.indicators.steps import told
from services.reporting.ledger.cut import Cut
from services.reporting.ledger.cuts import cut_asked, cut_now
from services.reporting.ledger.history import history
from services.reporting.ledger.queries import contracts_of_unit, facts_at, knows_unit, seen_at
from shared.clock import HONG_KONG, local_date
from shared.errors import NotFound
from shared.service import Service

Values = dict[str, Any]
SeesScores = Callable[[str | None], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """A figure with its definition and everything behind it, as JSON values; `part` is which one of an outcome.

    `moved` is what changed it, the newest first, and `told` one of these as JSON values. `seen` says of each session
    whose it is, of which group and by whom.
    """

    found: ContractAt
    cut: Cut
    output: Output | None
    measure: Measure | None
    outcome: Outcome | None
    part: str | None
    values: Values
    moved: Sequence[Moved]
    told: Callable[[Moved], Values]
    seen: Mapping[str, Seen]

    @property
    def how(self) -> How:
        """How the figure is counted, in the reader's language."""
        definition = self.found.definition
        if self.outcome is not None and self.part is not None:
            return how_outcome_counted(definition, self.outcome, self.part)
        assert self.measure is not None
        return how_counted(definition, self.measure)


def figure_behind(
    service: Service,
    agency_id: str,
    contract_id: str,
    indicator: str,
    measure_id: str,
    asked: Asked = NOW,
    *,
    sees_scores: SeesScores = lambda _: True,
) -> Behind:
    """Everything behind one figure at a cut; `NotFound` for one the contract does not have.

    `sees_scores` says whether the asker may see the scores of people of this team; those of others stay blank.
    """
    with service.database.read() as connection:
        cut = cut_asked(connection, local_date(service.clock.now()), cut=asked.cut, as_of=asked.as_of)
        found = contract_at(service.store, connection, agency_id, contract_id, cut["reporting"])
        output, outcome = found.definition.output(indicator), found.definition.outcome(indicator)
        measure = next((one for one in output.measures if one.id == measure_id), None) if output else None
        if measure is None and (outcome is None or measure_id not in parts_of(outcome)):
            raise NotFound("figure_not_found", "This contract has no such figure.")
        seen = seen_at(connection, agency_id, contract_id, cut) if measure is not None else {}
        events = history(connection, agency_id, contract_id, cut, questionnaires=outcome is not None)
    facts, definition = living(events), found.definition
    if outcome is not None:
        values = _of_outcome(definition, outcome, facts, sees_scores)
        running: Running = RunningPart(running_outcome(Count(definition), outcome), measure_id)
    else:
        assert output is not None
        assert measure is not None
        values = _of_output(definition, output, measure, facts)
        running = running_measure(Count(definition), measure)
    return Behind(
        found=found,
        cut=cut,
        output=None if outcome is not None else output,
        measure=None if outcome is not None else measure,
        outcome=outcome,
        part=measure_id if outcome is not None else None,
        values=values,
        moved=tuple(moves(running, told(events)))[::-1],
        told=partial(_change, measure, sees_scores),
        seen=seen,
    )


def figures_of_unit(service: Service, agency_id: str, unit_id: str, name_of: Callable[[Measure], str]) -> list[Values]:
    """Every figure that one session feeds, over all its contracts; `NotFound` for one nobody here has recorded."""
    with service.database.read() as connection:
        if not knows_unit(connection, agency_id, unit_id):
            raise NotFound("entry_not_found", "There is no such entry.")
        cut = cut_now(connection)
        return [
            feeds
            for contract_id in contracts_of_unit(connection, agency_id, unit_id, cut)
            for feeds in _fed_by(
                contract_at(service.store, connection, agency_id, contract_id, cut["reporting"]),
                facts_at(connection, agency_id, contract_id, cut, only=unit_id),
                name_of,
            )
        ]


def _fed_by(found: ContractAt, facts: Facts, name_of: Callable[[Measure], str]) -> Iterable[Values]:
    """The figures that count the one session of these facts, and why the others do not."""
    definition, count = found.definition, Count(found.definition, facts)
    for output in definition.outputs:
        for measure in counting_people(output):
            # A session of the whole moves a share, whether or not it is of the part.
            chosen = count.selection(measure.whole or measure)
            why = chosen.left_out()[0][1] if not chosen.counted else None
            alone = count.figure(output, measure).actual
            yield {
                "contract": found.contract_id,
                "contract_title": dict(definition.title),
                "indicator": output.id,
                "indicator_title": dict(output.title),
                "measure": measure.id,
                "kind": measure.kind,
                "title": dict(measure.title),
                "name": name_of(measure),
                "counts": bool(chosen.counted),
                "adds": printed(measure, alone),
                "why_not": why,
            }


def _of_output(definition: Definition, output: Output, measure: Measure, facts: Facts) -> Values:
    count = Count(definition, facts)
    behind = _of_sessions if measure.which is None else _of_cases
    return {"figure": output_values(count.figure(output, measure)), **behind(count, measure)}


def _of_sessions(count: Count, measure: Measure) -> Values:
    chosen = count.selection(measure)
    sessions = [_session(one) for one in _in_order(chosen.counted)]
    return {
        "sessions": sessions,
        "people": people_of(sessions),
        "left_out": [
            {"unit_id": unit.unit_id, "why": why, "kind": unit.kind, "occurred_on": unit.occurred_on.isoformat()}
            for unit, why in chosen.left_out()
        ],
    }


def _of_cases(count: Count, measure: Measure) -> Values:
    chosen = case_selection(measure, count.definition, count.facts)
    return {
        "sessions": [],
        "people": [],
        "cases": [_case(one) for one, why in chosen if why is None],
        "left_out": [{**_case(one), "why": why} for one, why in chosen if why is not None],
    }


def _case(case: Case) -> Values:
    spans = [{"from": first.isoformat(), "to": last.isoformat() if last else None} for first, last in case.spans]
    return {"case_id": case.case_id, "open": spans, "event_ids": [one.event_id for one in case.stages]}


def _change(measure: Measure | None, sees_scores: SeesScores, moved: Moved) -> Values:
    values = change_values(moved.happened, names_entry=may_name(moved, sees_scores))
    return {**values, "from": shown_value(measure, moved.before), "to": shown_value(measure, moved.after)}


def shown_value(measure: Measure | None, value: Fraction | None) -> int | float | None:
    """A value of a measure as it is printed; without one, of an outcome's numbers, which are whole."""
    if measure is not None:
        return printed(measure, value)
    return None if value is None else int(value)


def change_values(happened: Happened, *, names_entry: bool) -> Values:
    """One event: what happened to which entry, who wrote it, when and why."""
    return {
        "unit_id": happened.about if names_entry else None,
        "what": happened.what,
        "service": happened.service,
        "event_id": happened.event_id if names_entry else None,
        "recorded_at": happened.recorded_at.astimezone(HONG_KONG).isoformat(),
        "actor": happened.actor,
        "reason": happened.reason,
    }


def _in_order(counted: Iterable[Counted]) -> list[Counted]:
    return sorted(counted, key=lambda one: (one.unit.occurred_on, one.unit.unit_id))


def _session(counted: Counted) -> Values:
    unit = counted.unit
    return {
        "unit_id": unit.unit_id,
        "service": unit.service,
        "event_id": unit.event_id,
        "kind": unit.kind,
        "activity": unit.activity,
        "occurred_on": unit.occurred_on.isoformat(),
        "minutes": unit.minutes,
        "mode": unit.mode,
        "setting": unit.setting,
        "people": sorted(counted.people),
    }


def _of_outcome(definition: Definition, outcome: Outcome, facts: Facts, sees_scores: SeesScores) -> Values:
    figure = count_outcome(definition, outcome, facts, Count(definition, facts).served_by_output())
    pairing = figure.pairing
    asked = [one for one in facts.tallies if one.instrument == outcome.instrument]
    scores = [one for one in facts.scores if one.instrument == outcome.instrument and outcome.post_only]
    return {
        "figure": outcome_values(figure),
        "sessions": [],
        "people": [_pair(pair, outcome, sees_scores) for pair in pairing.pairs] if pairing else [],
        "left_out": [{"person_id": one, "why": why} for one, why in pairing.unpaired().items()] if pairing else [],
        "answers": [
            *(
                {
                    "tally_id": one.tally_id,
                    "event_id": one.event_id,
                    "assessed_on": one.assessed_on.isoformat(),
                    **share(one.satisfied, one.satisfied + one.not_satisfied),
                }
                for one in asked
            ),
            *(_administration(one, sees_scores) for one in scores),
        ],
    }


def may_name(moved: Moved, sees_scores: SeesScores) -> bool:
    """What one score did to the figure says how its person did: only who may see the score is told which it was."""
    things = (moved.happened.ended, moved.happened.begun)
    return all(sees_scores(thing.team_id) for thing in things if isinstance(thing, Score) and thing.person_id)


def _pair(pair: Pair, outcome: Outcome, sees_scores: SeesScores) -> Values:
    gain = pair.difference * (-1 if outcome.improved == "lower" else 1)
    seen = sees_scores(pair.pre.team_id) and sees_scores(pair.post.team_id)
    result = "improved" if gain > 0 else "worse" if gain < 0 else "unchanged"
    return {
        "person_id": pair.person_id,
        "pre": _administration(pair.pre, sees_scores),
        "post": _administration(pair.post, sees_scores),
        "difference": pair.difference if seen else None,
        "result": result if seen else None,
    }


def _administration(score: Score, sees_scores: SeesScores) -> Values:
    return {
        "assessment_id": score.assessment_id,
        "event_id": score.event_id,
        "assessed_on": score.assessed_on.isoformat(),
        "total": score.total if sees_scores(score.team_id) else None,
    }
