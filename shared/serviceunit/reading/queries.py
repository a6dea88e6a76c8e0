"""What waits: for a leader, and with an author. Each line says where the entry lies; no names."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, func, select, tuple_

from shared.auth.identity import Identity
from shared.auth.roles import LEADERS
from shared.auth.teams import teams_seen
from shared.clock import HONG_KONG
from shared.errors import Invalid
from shared.serviceunit.reading.tables import entry_waiting as waiting
from shared.serviceunit.unit import ServiceUnit

Line = dict[str, Any]
Titles = Callable[[Connection, Sequence[ServiceUnit]], Mapping[str, str]]
"""The titles of the cases or groups that entries belong to, by their ids."""

_decoder = msgspec.json.Decoder(ServiceUnit)
_ORDER = (waiting.c.occurred_on, waiting.c.unit_id)
_SHOWN = (waiting.c.unit_id, waiting.c.version, waiting.c.author, waiting.c.unit)


def to_read(
    connection: Connection, who: Identity, address: str, titles: Titles, *, limit: int, after: str | None = None
) -> list[Line]:
    """What waits for this leader, the oldest first; `after` is the cursor of the last line of the page before."""
    wanted = select(*_SHOWN).where(_for_leader(who)).order_by(*_ORDER).limit(limit)
    if after is not None:
        wanted = wanted.where(tuple_(*_ORDER) > tuple_(*_place(after)))
    return _lines(connection, connection.execute(wanted).all(), address, titles)


def count_to_read(connection: Connection, who: Identity) -> int:
    """How many entries wait for this person: none for those who lead no team."""
    if who.role not in LEADERS:
        return 0
    return int(connection.execute(select(func.count()).select_from(waiting).where(_for_leader(who))).scalar_one())


def returned_by_leaders(connection: Connection, who: Identity, address: str, titles: Titles) -> list[Line]:
    """What lies with its authors again, in the teams of this leader; the oldest first."""
    wanted = select(*_SHOWN).where(_of_teams(who), waiting.c.returned.is_(True)).order_by(*_ORDER).limit(50)
    return _lines(connection, connection.execute(wanted).all(), address, titles)


def returned_to(connection: Connection, who: Identity, address: str, titles: Titles) -> list[Line]:
    """What lies with this author again, as Today says it."""
    wanted = select(*_SHOWN).where(
        waiting.c.author == who.account_id, waiting.c.agency_id == who.agency_id, waiting.c.returned.is_(True)
    )
    teams = teams_seen(who)
    if teams is not None:
        wanted = wanted.where(waiting.c.team_id.in_(teams))
    lines = _lines(connection, connection.execute(wanted.order_by(*_ORDER).limit(50)).all(), address, titles)
    return [{**line, "why": "returned", "next": f"{line['address']}/correct"} for line in lines]


def cursor_of(line: Line) -> str:
    """Where a page that ends with this line goes on."""
    return f"{line['on']}_{line['unit_id']}"


def _place(after: str) -> tuple[date, str]:
    day, _, unit_id = after.partition("_")
    try:
        return date.fromisoformat(day), unit_id
    except ValueError:
        raise Invalid("cursor_malformed", "Use the value of “next” here.", field="after") from None


def _for_leader(who: Identity) -> ColumnElement[bool]:
    return and_(_of_teams(who), waiting.c.returned.is_(False), waiting.c.author != who.account_id)


def _of_teams(who: Identity) -> ColumnElement[bool]:
    teams: Collection[str] | None = teams_seen(who)
    own = waiting.c.agency_id == who.agency_id
    return own if teams is None else and_(own, waiting.c.team_id.in_(teams))


def _lines(connection: Connection, rows: Sequence[Any], address: str, titles: Titles) -> list[Line]:
    units = [_decoder.decode(row.unit) for row in rows]
    known = titles(connection, units) if units else {}
    return [_line(row, unit, address, known) for row, unit in zip(rows, units, strict=True)]


def _line(row: Any, unit: ServiceUnit, address: str, titles: Mapping[str, str]) -> Line:
    return {
        "unit_id": row.unit_id,
        "version": row.version,
        "author": row.author,
        "address": f"{address}/{row.unit_id}",
        "title": titles.get(unit.group_id or unit.case_id or ""),
        "kind": unit.kind,
        "setting": unit.setting,
        "status": unit.status,
        "on": unit.occurred_on.isoformat(),
        "starts_at": unit.starts_at.astimezone(HONG_KONG).isoformat() if unit.starts_at else None,
        "minutes": unit.minutes,
        "served_by": list(unit.served_by),
        "person_ids": [one.person_id for one in unit.participants],
    }
