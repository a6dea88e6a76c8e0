"""The rows that one batch of events adds to the ledger and ends in it, written together at its end."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, or_, select

from services.reporting.ledger.published import CaseMoved, CaseWay
from services.reporting.ledger.statements import ENDS, TOUCH
from services.reporting.tables import FOREVER, ledger
from shared.bulk import insert_missing_rows, insert_rows
from shared.bus.envelope import Arrived
from shared.database import to_micros

_AT_ONCE = 500

Row = dict[str, Any]


class Living(msgspec.Struct, frozen=True, gc=False):
    """The version of an entry that lives now."""

    version: int
    kind: str
    agency_id: str
    contracts: Sequence[str]


class Batch:
    """Collects rows. Within a stream events come in order; a version lives until the next event of its stream."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        # Tuples in the order of the tables' columns: naming them would cost as much as writing them.
        self._new: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        self._ended: dict[str, list[Row]] = defaultdict(list)
        self._living: dict[str, Living] = {}
        self._people: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._edges: set[str] = set()
        self._touched: set[tuple[str, str]] = set()

    def prepare(self, entry_ids: Iterable[str]) -> None:
        """Look up, all at once, the living versions of the entries that this batch may end."""
        entry = ledger.entry.c
        columns = (entry.entry_id, entry.version, entry.kind, entry.agency_id, entry.contracts)
        for ids in _portions(entry_ids):
            for row in self._connection.execute(select(*columns).where(entry.entry_id.in_(ids), entry.dead == FOREVER)):
                contracts = tuple(row.contracts.split(",")) if row.contracts else ()
                self._living[row.entry_id] = Living(row.version, row.kind, row.agency_id, contracts)

    def add_entry(self, arrived: Arrived, kind: str, contracts: Sequence[str], reason: str | None) -> None:
        """A new version of an entry; the one before it dies here. `kind` is unit, score or tally."""
        self._end_before(arrived)
        self._living[arrived.stream_id] = Living(arrived.version, kind, arrived.agency_id, contracts)
        self._new["entry"].append(
            (
                arrived.stream_id,
                arrived.version,
                kind,
                arrived.type,
                *_born(arrived),
                arrived.agency_id,
                ",".join(contracts),
                *_source(arrived, reason),
            )
        )
        for contract_id in contracts:
            self._touched.add((arrived.agency_id, contract_id))

    def add_row(self, table: str, arrived: Arrived, contract_id: str, *values: object) -> None:
        """A row of a contract (`segment`, `score` or `tally`) of the entry version just added.

        `values` are the table's own columns, in their order.
        """
        own_id = (arrived.agency_id, contract_id, arrived.stream_id, arrived.version)
        self._new[table].append((*own_id, *_born(arrived), arrived.event_id, *values))

    def add_occasion(self, arrived: Arrived, *values: object) -> None:
        """The session's version just added, as its team sees it; `values` are the table's own columns in order."""
        own_id = (arrived.agency_id, arrived.stream_id, arrived.version)
        self._new["occasion"].append((*own_id, *_born(arrived), *values))

    def add_people(self, arrived: Arrived, contract_id: str, person_ids: Iterable[str]) -> None:
        """Note under which contract these people were recorded."""
        self._people[arrived.agency_id, contract_id].update(person_ids)

    def void_entry(self, arrived: Arrived, reason: str | None) -> None:
        """The version that says so carries nothing. A plan that never took place has left no row to end."""
        living = self._living.get(arrived.stream_id)
        if living is not None:
            self.add_entry(arrived, living.kind, (), reason)

    def add_stage(self, arrived: Arrived, case: CaseMoved, stage: str) -> None:
        """A case of a contract came to be open, or was closed. Nothing takes that back: it lives for ever."""
        if case.contract_id is None:
            return
        key = (arrived.agency_id, case.contract_id, case.case_id, arrived.version)
        self._new["case_stage"].append((*key, *_born(arrived), stage, case.on, *_source(arrived, case.reason)))
        self._touched.add((arrived.agency_id, case.contract_id))

    def add_move(self, arrived: Arrived, what: str, way: CaseWay) -> None:
        """A step of a case. Like its stages it is never taken back."""
        key = (arrived.agency_id, way.case_id, arrived.version)
        self._new["case_move"].append((*key, *_born(arrived), what, way.on, way.kind, way.team_id, way.worker_id))

    def _end_before(self, arrived: Arrived) -> None:
        living = self._living.get(arrived.stream_id)
        if living is None:
            return
        ended = {"of_id": arrived.stream_id, "of_version": living.version, "position": arrived.position}
        self._ended["entry"].append(ended)
        if living.kind == "unit":
            self._ended["occasion"].append({**ended, "of_agency": living.agency_id})
        for contract_id in living.contracts:
            self._ended[living.kind].append({**ended, "of_agency": living.agency_id, "of_contract": contract_id})
            self._touched.add((living.agency_id, contract_id))

    def add_identity(self, arrived: Arrived, edge_id: str, person_id: str, into_id: str, reason: str | None) -> None:
        """Two ids are one person from here on."""
        edge = (edge_id, *_born(arrived), arrived.agency_id, person_id, into_id, *_source(arrived, reason))
        self._new["identity"].append((*edge, None, None, None, None))
        self._edges.add(edge_id)

    def end_identity(self, arrived: Arrived, edge_id: str, reason: str | None) -> None:
        """Two ids are two people again."""
        self._ended["identity"].append(
            {
                "of_id": edge_id,
                "position": arrived.position,
                "at": to_micros(arrived.recorded_at),
                "by": arrived.actor,
                "because_of": arrived.event_id,
                "why": reason,
            }
        )
        self._edges.add(edge_id)

    def add_attribute(
        self, arrived: Arrived, person_id: str, name: str, value: str, first: str | None = None, last: str | None = None
    ) -> None:
        """A code of a person; one that is dated begins with `first` in one row and ends with `last` in another."""
        service, born, dead = _born(arrived)
        self._new["attribute"].append((person_id, name, value, born, dead, arrived.agency_id, service, first, last))

    def end_attribute(self, arrived: Arrived, person_id: str, name: str) -> None:
        """What was written of this name before holds no more."""
        self._ended["attribute"].append({"of_id": person_id, "of_name": name, "position": arrived.position})

    def write(self) -> None:
        """Write everything, new rows first, since a batch may both make and end a row."""
        for name, rows in self._new.items():
            insert_rows(self._connection, getattr(ledger, name), rows)
        for name, ended in self._ended.items():
            self._connection.execute(ENDS[name], ended)
        if people := self._participations():
            insert_missing_rows(self._connection, ledger.participation, people)

    def _participations(self) -> list[tuple[str, str, str]]:
        """In the order of their key, so that two who write the same ones never wait for each other."""
        return sorted((agency, person, contract) for (agency, contract), own in self._people.items() for person in own)

    def mark(self) -> None:
        """Say that kept figures of the contracts touched are stale; after all was written."""
        self._touched |= self._contracts_of_merged()
        if self._touched:
            marks = [{"agency_id": agency, "contract_id": contract} for agency, contract in sorted(self._touched)]
            self._connection.execute(TOUCH, marks)

    def _contracts_of_merged(self) -> set[tuple[str, str]]:
        """The contracts of everybody who was, is or will be one with the people of the edges that moved."""
        if not self._edges:
            return set()
        people = ledger.participation.c
        found: set[tuple[str, str]] = set()
        for agency_id, ids in self._merged_people().items():
            for portion in _portions(ids):
                query = select(people.contract_id).where(people.agency_id == agency_id, people.person_id.in_(portion))
                found.update((agency_id, contract_id) for contract_id in self._connection.execute(query).scalars())
        return found

    def _merged_people(self) -> dict[str, set[str]]:
        edge = ledger.identity.c
        columns = (edge.edge_id, edge.agency_id, edge.person_id, edge.into_id)
        people: dict[str, set[str]] = defaultdict(set)
        for ids in _portions(self._edges):
            for row in self._connection.execute(select(*columns).where(edge.edge_id.in_(ids))):
                people[row.agency_id] |= {row.person_id, row.into_id}
        return {agency_id: self._with_neighbours(agency_id, ids) for agency_id, ids in people.items()}

    def _with_neighbours(self, agency_id: str, person_ids: set[str]) -> set[str]:
        """These people and, over any number of edges, everybody they were ever one with."""
        edge = ledger.identity.c
        known, frontier = set(person_ids), set(person_ids)
        while frontier:
            near: set[str] = set()
            for ids in _portions(frontier):
                touching = or_(edge.person_id.in_(ids), edge.into_id.in_(ids))
                query = select(edge.person_id, edge.into_id).where(edge.agency_id == agency_id, touching)
                near.update(one for row in self._connection.execute(query) for one in row)
            frontier = near - known
            known |= frontier
        return known


def _born(arrived: Arrived) -> tuple[str, int, int]:
    """The columns service, born and dead."""
    return arrived.service, arrived.position, FOREVER


def _source(arrived: Arrived, reason: str | None) -> tuple[str, int, str, str | None]:
    """The columns event_id, recorded_at, actor and reason."""
    return arrived.event_id, to_micros(arrived.recorded_at), arrived.actor, reason


def _portions(ids: Iterable[str]) -> Iterable[list[str]]:
    ordered = sorted(set(ids))
    return (ordered[start : start + _AT_ONCE] for start in range(0, len(ordered), _AT_ONCE))
