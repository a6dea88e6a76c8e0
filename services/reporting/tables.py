"""All tables of this service's database: the event store's, the bus's, contracts, and the ledger.

The ledger holds random ids and codes alone, no name and no free text. Positions say from where to where a row holds:
born at the event that wrote it, dead at the one that replaced or voided it, both in its service. Dates are ISO text.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, LargeBinary, MetaData, Table, Text

from shared.bus.tables import bus_tables
from shared.eventstore import event_tables

FOREVER = 2**63 - 1
"""The death of what still lives."""


@dataclass(frozen=True, slots=True)
class LedgerTables:
    """The tables that follow from the others' events alone, so that a rebuild can make them again.

    `entry`: one version of one session, assessment or tally: who wrote it, when and why, and for which contracts.
    `segment`: an entry version as one contract counts it, the people included, kept together by contract so that a
    report reads one stretch of rows whatever else is there. `occasion`: a session's version as its team sees it, with
    who served, whatever contract it is of. `participation`: who was ever recorded under which
    contract, so that a merge knows which figures it may move. `case_stage`: when a case came to be open, and when it
    was closed. `case_move`: the whole way of every case, whatever contract it is of. `attribute`: dated codes of
    people, for breakdowns. `identity`: merges and identifications.
    """

    entry: Table
    segment: Table
    occasion: Table
    participation: Table
    score: Table
    tally: Table
    case_stage: Table
    case_move: Table
    attribute: Table
    identity: Table

    def all(self) -> tuple[Table, ...]:
        return (
            self.entry,
            self.segment,
            self.occasion,
            self.participation,
            self.score,
            self.tally,
            self.case_stage,
            self.case_move,
            self.attribute,
            self.identity,
        )


def ledger_tables(metadata: MetaData) -> LedgerTables:
    """Declare the ledger's tables."""

    def table(name: str, columns: Iterable[Column[object] | Index]) -> Table:
        # Without a row id SQLite keeps the rows in the order of their key.
        return Table(name, metadata, *columns, sqlite_with_rowid=False)

    return LedgerTables(
        entry=table("entry", _entry()),
        segment=table("segment", _segment()),
        occasion=table("occasion", (*_occasion(), Index("occasion_team", "agency_id", "team_id", "occurred_on"))),
        participation=table("participation", (_key("agency_id"), _key("person_id"), _key("contract_id"))),
        score=table("score", _score()),
        tally=table("tally", _tally()),
        case_stage=table("case_stage", _case_stage()),
        case_move=table("case_move", _case_move()),
        attribute=table("attribute", _attribute()),
        identity=table("identity", (*_identity(), Index("identity_agency", "agency_id"))),
    )


def _entry() -> Iterator[Column[object]]:
    yield _key("entry_id")
    yield _key("version", Integer)
    yield _text("kind")  # unit, score or tally
    yield _text("type")
    yield from _life()
    yield _text("agency_id")
    yield _text("contracts")  # separated by commas
    yield from _source()


def _segment() -> Iterator[Column[object]]:
    yield from _of_contract("unit_id")
    yield from _life()
    yield _text("event_id")
    yield _text("kind")
    yield _text("status")
    yield _text("occurred_on")
    yield Column("minutes", Integer)
    yield _text("mode")
    yield _text("setting")
    yield Column("activity", Text)
    yield _text("tags")  # separated by commas
    yield Column("organisation_id", Text)
    yield Column("unidentified", Integer, nullable=False)
    yield Column("people", LargeBinary, nullable=False)  # JSON: [[person, role, [target groups], status], ...]


def _occasion() -> Iterator[Column[object]]:
    yield _key("agency_id")
    yield _key("unit_id")
    yield _key("version", Integer)
    yield from _life()
    yield _text("team_id")
    yield Column("group_id", Text)
    yield _text("kind")
    yield _text("status")
    yield _text("occurred_on")
    yield Column("minutes", Integer)
    yield _text("workers")  # separated by commas
    yield Column("attended", Integer, nullable=False)
    yield Column("recorded_at", BigInteger, nullable=False)
    yield Column("starts_at", BigInteger)
    yield Column("case_id", Text)
    yield Column("sign_in_sheet", Text)
    yield Column("referred_on", Text)  # a day for each referral, separated by commas; NULL without one


def _score() -> Iterator[Column[object]]:
    yield from _of_contract("assessment_id")
    yield from _life()
    yield _text("event_id")
    yield Column("person_id", Text)
    yield _text("instrument")
    yield _text("phase")
    yield _text("assessed_on")
    yield Column("total", Integer)
    yield Column("team_id", Text)


def _tally() -> Iterator[Column[object]]:
    yield from _of_contract("tally_id")
    yield from _life()
    yield _text("event_id")
    yield _text("instrument")
    yield _text("assessed_on")
    yield Column("satisfied", Integer, nullable=False)
    yield Column("not_satisfied", Integer, nullable=False)


def _case_stage() -> Iterator[Column[object]]:
    yield from _of_contract("case_id")
    yield from _life()
    yield _text("stage")  # opened or closed
    yield _text("on_day")
    yield from _source()


def _case_move() -> Iterator[Column[object]]:
    yield _key("agency_id")
    yield _key("case_id")
    yield _key("version", Integer)
    yield from _life()
    yield _text("what")
    yield Column("on_day", Text)
    yield Column("kind", Text)
    yield Column("team_id", Text)
    yield Column("worker_id", Text)


def _attribute() -> Iterator[Column[object]]:
    yield _key("person_id")
    yield _key("name")
    yield _key("value")
    yield _key("born", BigInteger)
    yield Column("dead", BigInteger, nullable=False)
    yield _text("agency_id")
    yield _text("service")
    yield Column("from_date", Text)
    yield Column("to_date", Text)


def _identity() -> Iterator[Column[object]]:
    yield _key("edge_id")
    yield from _life()
    yield _text("agency_id")
    yield _text("person_id")
    yield _text("into_id")
    yield from _source()
    # What ended it, when it has ended.
    yield Column("ended_at", BigInteger)
    yield Column("ended_by", Text)
    yield Column("ended_event_id", Text)
    yield Column("ended_reason", Text)


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

# The reporting periods that were ever locked; all else about them stands in their streams.
report_period = Table(
    "report_period",
    metadata,
    _key("agency_id"),
    _key("contract_id"),
    _key("last_day"),
    _key("first_day"),
    _text("stream_id"),
    sqlite_with_rowid=False,
)

# The samples and extracts that were drawn of contracts; all else about them stands in their streams.
drawn = Table(
    "drawn",
    metadata,
    _key("agency_id"),
    _key("contract_id"),
    _key("drawn_id"),
    _text("what"),  # sample or extract
    Column("drawn_at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# Of every reporting period the report that was sent last, in brief.
sent_report = Table(
    "sent_report",
    metadata,
    _key("agency_id"),
    _key("contract_id"),
    _key("last_day"),
    _key("first_day"),
    Column("number", Integer, nullable=False),
    _text("standing"),
    Column("brief", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
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
    Column("brief", LargeBinary),
    Column("people", LargeBinary),  # JSON: the ids of everybody counted, for unions over contracts
)

# A contract that somebody is writing: theirs alone until it is registered, or made a new version of `contract_id`.
contract_draft = Table(
    "contract_draft",
    metadata,
    _key("draft_id"),
    _text("agency_id"),
    _text("account_id"),
    Column("contract_id", Text),
    Column("based_on", Integer),
    Column("tried_on", Text),
    Column("version", Integer, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("document", JSON, nullable=False),
    Index("contract_draft_account", "account_id"),
)
