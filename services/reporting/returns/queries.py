"""The monthly return as it is known now."""

from collections.abc import Collection
from datetime import date, timedelta
from itertools import groupby
from typing import Any, get_args

from sqlalchemy import Connection, select

from services.reporting.indicators.definition import Period
from services.reporting.ledger.cuts import cut_now
from services.reporting.ledger.queries import alive, positions
from services.reporting.returns.domain import Line, Move, Way, What, monthly_return
from services.reporting.tables import ledger
from services.reporting.team.queries import occasions
from shared.errors import Invalid
from shared.service import Service

_WHATS: dict[str, What] = {what: what for what in get_args(What)}


def month_of(text: str | None, today: date) -> Period:
    """The month that is named such as 2026-10, else the last one that is over; raises `Invalid` for what is none."""
    try:
        first = date.fromisoformat(f"{text}-01") if text else (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    except ValueError as error:
        raise Invalid("not_a_date", "Give a date here, such as 2021-05-28.", field="month") from error
    return Period(first=first, last=(first + timedelta(days=32)).replace(day=1) - timedelta(days=1))


def return_of(service: Service, agency_id: str, team_ids: Collection[str], month: Period) -> list[Line]:
    """The lines of these teams, in their order."""
    with service.database.read() as connection:
        given = occasions(connection, agency_id, team_ids, month.first, month.last)
        # A referral counts on its own day, which may lie in another month than what it was made at.
        referring = occasions(connection, agency_id, team_ids, date.min, date.max, referring=True)
        ways = _ways(connection, agency_id)
    known = {one.unit_id for one in given}
    more = [one for one in referring if one.unit_id not in known]
    return monthly_return(month, [*team_ids], ways, [*given, *more])


def _ways(connection: Connection, agency_id: str) -> list[Way]:
    moves = ledger.case_move
    query = select(moves).where(moves.c.agency_id == agency_id, alive(moves)).order_by(moves.c.case_id, moves.c.version)
    rows = connection.execute(query, positions(cut_now(connection)))
    return [_way([*own]) for _, own in groupby(rows, key=lambda row: row.case_id)]


def _way(rows: list[Any]) -> Way:
    kind = next((row.kind for row in rows if row.kind), "")
    return Way(
        kind,
        tuple(
            Move(_WHATS[row.what], date.fromisoformat(row.on_day) if row.on_day else None, row.team_id, row.worker_id)
            for row in rows
        ),
    )
