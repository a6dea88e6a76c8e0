"""Slices of the ledger: everything one contract's figures are counted from, at any cut, in one pass of SQL."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from itertools import chain
from sys import intern
from typing import Any

import msgspec
from sqlalchemy import BindParameter, ColumnElement, Connection, Row, Select, Table, and_, bindparam, or_, select

from services.reporting import tables
from services.reporting.indicators.facts import Facts, Identities, Presence, Score, Seen, Stage, Tally, Unit, cases_of
from services.reporting.ledger.cut import SOURCES, Cut

# Many sessions are of the same day and of the same people: of each there is one in memory.
_people = lru_cache(4096)(msgspec.json.Decoder(tuple[Presence, ...]).decode)
_day = lru_cache(4096)(date.fromisoformat)


def facts_at(
    connection: Connection,
    agency_id: str,
    contract_id: str,
    cut: Cut,
    *,
    added: Sequence[Unit] = (),
    taken_away: Collection[str] = (),
    only: str | None = None,
) -> Facts:
    """What lives at a cut. `added` and the ids `taken_away` show what the figures would be; `only` is one session."""
    which = {"agency_id": agency_id, "contract_id": contract_id, **positions(cut)}
    segments = _SEGMENTS.at(cut)
    if only is not None:
        segments = segments.where(tables.ledger.segment.c.unit_id == only)
    rows = _rows(connection, segments, which)
    return Facts(
        units=(*(unit_of(row) for row in rows if row[0] not in taken_away), *added),
        scores=tuple(score_of(row) for row in connection.execute(_SCORES.at(cut), which).all()),
        tallies=tuple(tally_of(row) for row in connection.execute(_TALLIES.at(cut), which).all()),
        cases=cases_of(stage_of(row) for row in connection.execute(_STAGES.at(cut), which).all()),
        identities=identities_at(connection, agency_id, cut),
    )


def _rows(connection: Connection, statement: Select[Any], which: dict[str, Any]) -> Iterator[Row[Any]]:
    """Rows a thousand at a time: by itself, a result that is not held as a whole fetches one after the other."""
    found = connection.execute(statement, which, execution_options={"yield_per": 1000})
    return chain.from_iterable(found.partitions())


def identities_at(connection: Connection, agency_id: str, cut: Cut) -> Identities:
    """Who is whom at a cut, by the merges and identifications that hold then."""
    return Identities(edges_at(connection, agency_id, cut))


def edges_at(connection: Connection, agency_id: str, cut: Cut) -> list[tuple[str, str]]:
    """The merges and identifications that hold at a cut: who was found to be whom."""
    rows = connection.execute(_IDENTITIES.at(cut), {"agency_id": agency_id, **positions(cut)})
    return [(person_id, into_id) for person_id, into_id in rows]


def positions(cut: Cut) -> dict[str, Any]:
    """The parameters of `alive`."""
    parked = {f"parked_{service}": sorted(cut.parked.get(service, ())) for service in SOURCES} if cut.parked else {}
    return {**{f"at_{service}": cut[service] for service in SOURCES}, **parked}


def alive(table: Table, *, parked: bool = False) -> ColumnElement[bool]:
    """Born at or before the cut, and not dead at or before it; what was `parked` then has done neither."""
    return or_(*(_alive_in(table, service, parked=parked) for service in SOURCES))


def _alive_in(table: Table, service: str, *, parked: bool) -> ColumnElement[bool]:
    own = table.c
    at: BindParameter[int] = bindparam(f"at_{service}")
    if not parked:
        return and_(own.service == service, own.born <= at, own.dead > at)
    unread: BindParameter[list[int]] = bindparam(f"parked_{service}", expanding=True)
    return and_(
        own.service == service, own.born <= at, own.born.not_in(unread), or_(own.dead > at, own.dead.in_(unread))
    )


class _Slice:
    """What lives at a cut, as statements made once: one for cuts without parked messages, one for the others."""

    def __init__(self, made: Callable[[bool], Select[Any]]) -> None:
        self._made = {parked: made(parked) for parked in (False, True)}

    def at(self, cut: Cut) -> Select[Any]:
        return self._made[bool(cut.parked)]


def unit_of(row: Sequence[Any]) -> Unit:
    """A row of `segment` as a value; columns in the order of `SEGMENT`."""
    return Unit(
        unit_id=row[0],
        version=row[1],
        service=intern(row[2]),
        event_id=row[3],
        kind=intern(row[4]),
        status=intern(row[5]),
        occurred_on=_day(row[6]),
        minutes=row[7],
        mode=intern(row[8]),
        setting=intern(row[9]),
        activity=row[10] and intern(row[10]),
        tags=words_of(row[11]),
        organisation_id=row[12],
        unidentified=row[13],
        people=_people(row[14]),
    )


def score_of(row: Sequence[Any]) -> Score:
    return Score(
        assessment_id=row[0],
        event_id=row[1],
        person_id=row[2],
        instrument=row[3],
        phase=row[4],
        assessed_on=_day(row[5]),
        total=row[6],
        team_id=row[7],
    )


def tally_of(row: Sequence[Any]) -> Tally:
    return Tally(
        tally_id=row[0],
        event_id=row[1],
        instrument=row[2],
        assessed_on=_day(row[3]),
        satisfied=row[4],
        not_satisfied=row[5],
    )


def stage_of(row: Sequence[Any]) -> Stage:
    return Stage(case_id=row[0], version=row[1], stage=row[2], on=_day(row[3]), event_id=row[4])


def seen_at(connection: Connection, agency_id: str, contract_id: str, cut: Cut) -> dict[str, Seen]:
    """The sessions of a contract as their teams see them at a cut, by id."""
    rows = connection.execute(_SEEN.at(cut), {"agency_id": agency_id, "contract_id": contract_id, **positions(cut)})
    return {
        row.unit_id: Seen(team_id=row.team_id, group_id=row.group_id, workers=words_of(row.workers)) for row in rows
    }


def attributes_at(connection: Connection, agency_id: str, cut: Cut) -> list[tuple[str, str, str]]:
    """The codes of an agency's people at a cut: person, name and value."""
    rows = connection.execute(_ATTRIBUTES.at(cut), {"agency_id": agency_id, **positions(cut)})
    return [(person_id, name, value) for person_id, name, value in rows]


def words_of(text: str) -> tuple[str, ...]:
    """Codes that are kept separated by commas."""
    return tuple(text.split(",")) if text else ()


def contracts_of_unit(connection: Connection, agency_id: str, unit_id: str, cut: Cut) -> list[str]:
    """The contracts under which a session, a questionnaire or totals of some stand at a cut."""
    entry = tables.ledger.entry
    query = select(entry.c.contracts).where(
        entry.c.entry_id == unit_id,
        entry.c.agency_id == agency_id,
        entry.c.kind.in_(("unit", "score", "tally")),
        alive(entry, parked=bool(cut.parked)),
    )
    found = connection.execute(query, positions(cut)).scalar()
    return found.split(",") if found else []


def knows_unit(connection: Connection, agency_id: str, unit_id: str) -> bool:
    """Whether this agency has ever recorded such a session."""
    entry = tables.ledger.entry.c
    query = select(entry.version).where(entry.entry_id == unit_id, entry.agency_id == agency_id).limit(1)
    return connection.execute(query).first() is not None


def _of_contract(table: Table, names: Iterable[str]) -> _Slice:
    columns = [table.c[name] for name in names]
    own = (table.c.agency_id == bindparam("agency_id"), table.c.contract_id == bindparam("contract_id"))
    return _Slice(lambda parked: select(*columns).where(*own, alive(table, parked=parked)))


SEGMENT = (
    "unit_id",
    "version",
    "service",
    "event_id",
    "kind",
    "status",
    "occurred_on",
    "minutes",
    "mode",
    "setting",
    "activity",
    "tags",
    "organisation_id",
    "unidentified",
    "people",
)
_SEGMENTS = _of_contract(tables.ledger.segment, SEGMENT)
SCORE = ("assessment_id", "event_id", "person_id", "instrument", "phase", "assessed_on", "total", "team_id")
_SCORES = _of_contract(tables.ledger.score, SCORE)
TALLY = ("tally_id", "event_id", "instrument", "assessed_on", "satisfied", "not_satisfied")
_TALLIES = _of_contract(tables.ledger.tally, TALLY)
STAGE = ("case_id", "version", "stage", "on_day", "event_id")
_STAGES = _of_contract(tables.ledger.case_stage, STAGE)
_identity = tables.ledger.identity
_IDENTITIES = _Slice(
    lambda parked: select(_identity.c.person_id, _identity.c.into_id).where(
        _identity.c.agency_id == bindparam("agency_id"), alive(_identity, parked=parked)
    )
)
_attribute = tables.ledger.attribute
_ATTRIBUTES = _Slice(
    lambda parked: select(_attribute.c.person_id, _attribute.c.name, _attribute.c.value).where(
        _attribute.c.agency_id == bindparam("agency_id"), alive(_attribute, parked=parked)
    )
)
_occasion = tables.ledger.occasion
_of_the_contract = select(tables.ledger.segment.c.unit_id).where(
    tables.ledger.segment.c.agency_id == bindparam("agency_id"),
    tables.ledger.segment.c.contract_id == bindparam("contract_id"),
)
_SEEN = _Slice(
    lambda parked: select(_occasion.c.unit_id, _occasion.c.team_id, _occasion.c.group_id, _occasion.c.workers).where(
        _occasion.c.agency_id == bindparam("agency_id"),
        _occasion.c.unit_id.in_(_of_the_contract),
        alive(_occasion, parked=parked),
    )
)
