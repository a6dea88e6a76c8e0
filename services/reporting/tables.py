"""All tables of this service's database: the event store's, the bus's, contracts, and the ledger.

The ledger holds random ids and codes alone, no name and no free text. Positions say from where to where a row holds:
born at the event that wrote it, dead at the one that replaced or voided it, both in its service. Dates are ISO text.
"""

from dataclasses import dataclass

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, LargeBinary, MetaData, Table, Text

from shared.bus.tables import bus_tables
from shared.eventstore import event_tables

FOREVER = 2**63 - 1
"""The death of what still lives."""


@dataclass(frozen=True, slots=True)
class LedgerTables:
    """The tables that follow from the others' events alone, so that a rebuild can make them again beside these.

    `entry`: one version of one session, assessment or tally: who wrote it, when and why, and for which contracts.
    `segment`: an entry version as one contract counts it, the people included, kept together by contract so that a
    report reads one stretch of rows whatever else is there. `participation`: who was ever recorded under which
    contract, so that a merge knows which figures it may move. `identity`: merges and identifications.
    """

    entry: Table
    segment: Table
    participation: Table
    score: Table
    tally: Table
    attribute: Table
    identity: Table

    def all(self) -> tuple[Table, ...]:
        return (
            self.entry,
            self.segment,
            self.participation,
            self.score,
            self.tally,
            self.attribute,
            self.identity,
        )


def ledger_tables(metadata: MetaData, prefix: str = "") -> LedgerTables:
    """Declare the ledger's tables, their names behind `prefix`."""

    def table(name: str, *columns: Column[object] | Index) -> Table:
        # Without a row id SQLite keeps the rows in the order of their key.
        return Table(prefix + name, metadata, *columns, sqlite_with_rowid=False)

    return LedgerTables(
        entry=table(
            "entry",
            _key("entry_id"),
            _key("version", Integer),
            _text("kind"),  # unit, score or tally
            _text("type"),
            *_life(),
            _text("agency_id"),
            _text("contracts"),  # separated by commas
            *_source(),
        ),
        segment=table(
            "segment",
            *_of_contract("unit_id"),
            *_life(),
            _text("event_id"),
            _text("kind"),
            _text("status"),
            _text("occurred_on"),
            Column("minutes", Integer),
            _text("mode"),
            _text("setting"),
            Column("activity", Text),
            _text("tags"),  # separated by commas
            Column("organisation_id", Text),
            Column("unidentified", Integer, nullable=False),
            Column("people", LargeBinary, nullable=False),  # JSON: [[person, role, [target groups], status], ...]
        ),
        participation=table(
            "participation",
            _key("agency_id"),
            _key("person_id"),
            _key("contract_id"),
        ),
        score=table(
            "score",
            *_of_contract("assessment_id"),
            *_life(),
            _text("event_id"),
            Column("person_id", Text),
            _text("instrument"),
            _text("phase"),
            _text("assessed_on"),
            Column("total", Integer),
            Column("team_id", Text),
        ),
        tally=table(
            "tally",
            *_of_contract("tally_id"),
            *_life(),
            _text("event_id"),
            _text("instrument"),
            _text("assessed_on"),
            Column("satisfied", Integer, nullable=False),
            Column("not_satisfied", Integer, nullable=False),
        ),
        attribute=table(
            "attribute",
            _key("person_id"),
            _key("name"),
            _key("value"),
            _key("born", BigInteger),
            Column("dead", BigInteger, nullable=False),
            _text("agency_id"),
            _text("service"),
            Column("from_date", Text),
            Column("to_date", Text),
        ),
        identity=table(
            "identity",
            _key("edge_id"),
            *_life(),
            _text("agency_id"),
            _text("person_id"),
            _text("into_id"),
            *_source(),
            # What ended it, when it has ended.
            Column("ended_at", BigInteger),
            Column("ended_by", Text),
            Column("ended_event_id", Text),
            Column("ended_reason", Text),
            Index(f"{prefix}identity_agency", "agency_id"),
        ),
    )


def _key(name: str, kind: type[Text | Integer | BigInteger] = Text) -> Column[object]:
    return Column(name, kind, primary_key=True, autoincrement=False)


def _text(name: str) -> Column[object]:
    return Column(name, Text, nullable=False)


def _life() -> tuple[Column[object], ...]:
    return (
        _text("service"),
        Column("born", BigInteger, nullable=False),
        Column("dead", BigInteger, nullable=False),
    )


def _of_contract(own_id: str) -> tuple[Column[object], ...]:
    return (_key("agency_id"), _key("contract_id"), _key(own_id), _key("version", Integer))


def _source() -> tuple[Column[object], ...]:
    return (
        _text("event_id"),
        Column("recorded_at", BigInteger, nullable=False),
        _text("actor"),
        Column("reason", Text),
    )


metadata = MetaData()
event = event_tables(metadata)
bus = bus_tables(metadata)
ledger = ledger_tables(metadata)

contract = Table(
    "contract",
    metadata,
    _key("agency_id"),
    _key("contract_id"),
    Column("version", Integer, nullable=False),
    Column("title", JSON, nullable=False),
    Column("funder", JSON, nullable=False),
    _text("first_day"),
    _text("last_day"),
)

# How often a batch has touched a contract's facts: figures kept for an earlier count are stale.
touched = Table(
    "touched",
    metadata,
    _key("agency_id"),
    _key("contract_id"),
    Column("times", Integer, nullable=False),
)

kept_report = Table(
    "kept_report",
    metadata,
    _key("agency_id"),
    _key("contract_id"),
    Column("times", Integer, nullable=False),
    Column("definition_version", Integer, nullable=False),
    Column("figures", LargeBinary, nullable=False),
)
