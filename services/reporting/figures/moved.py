"""What moved a contract's figures since a day: the figures that moved, and the entries that moved them."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from services.reporting.contracts.queries import contract_at
from services.reporting.figures.queries import SeesScores, change_values, may_name, shown_value
from services.reporting.figures.rendering import plain_in_unit
from services.reporting.indicators.definition import UNITS, Outcome
from services.reporting.indicators.report import Count
from services.reporting.indicators.since import FigureMoved, moved_since
from services.reporting.ledger.cuts import cut_now, cut_on
from services.reporting.ledger.history import history_since
from services.reporting.ledger.queries import edges_at, facts_at
from shared.clock import local_date
from shared.errors import Invalid
from shared.service import Service

Values = dict[str, Any]


def contract_moved(
    service: Service, agency_id: str, contract_id: str, since: date, *, sees_scores: SeesScores
) -> Values:
    """The figures that moved from the beginning of `since` (Hong Kong) until now, and the entries, newest first.

    Both ends are counted by the definition of now. Raises `Invalid` for a day to come, `NotFound` for no such contract.
    """
    today = local_date(service.clock.now())
    if since > today:
        raise Invalid("date_in_future", "This date is in the future. Please change it.", field="since")
    with service.database.read() as connection:
        then, now = cut_on(connection, since - timedelta(days=1), today, field="since"), cut_now(connection)
        found = contract_at(service.store, connection, agency_id, contract_id, now["reporting"])
        facts = facts_at(connection, agency_id, contract_id, then)
        edges = edges_at(connection, agency_id, then)
        after = history_since(connection, agency_id, contract_id, then, now)
    figures = moved_since(Count(found.definition, facts), edges, after)
    return {
        "found": found,
        "revised": local_date(found.revised_at) >= since and found.state.version > 1,
        "figures": [{"figure": one, **_ends(one)} for one in figures],
        "entries": _entries(figures, sees_scores),
    }


def _ends(figure: FigureMoved) -> Values:
    """The figure then and now, how far it has come, and in what unit."""
    before, after, measure = figure.before, figure.after, figure.measure
    by = None if before is None or after is None else after - before
    return {
        "unit": UNITS[measure.kind]
        if measure is not None
        else "answers"
        if isinstance(figure.of, Outcome) and figure.of.post_only
        else "persons",
        "before": shown_value(figure.measure, before),
        "after": shown_value(figure.measure, after),
        "by": plain_in_unit(measure, by) if measure is not None else shown_value(figure.measure, by),
    }


def _entries(figures: Iterable[FigureMoved], sees_scores: SeesScores) -> list[Values]:
    """Every event with the figures it moved; one event is one entry, however many figures it moved."""
    entries: dict[str, Values] = {}
    for figure in figures:
        for moved in figure.moved:
            happened = moved.happened
            entry = entries.setdefault(
                happened.event_id,
                {**change_values(happened, names_entry=may_name(moved, sees_scores)), "moved": []},
            )
            entry["moved"].append(
                {
                    "figure": figure,
                    "from": shown_value(figure.measure, moved.before),
                    "to": shown_value(figure.measure, moved.after),
                }
            )
    return sorted(entries.values(), key=lambda one: one["recorded_at"], reverse=True)
