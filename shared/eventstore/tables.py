"""The event table, the same in every service's database; its times are whole microseconds (`shared.database`)."""

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, Table, Text, UniqueConstraint

from shared.privacy.tables import vault_tables

# SQLite keeps rows in the order of an INTEGER primary key, and only of one that is spelled so.
BIG_KEY = BigInteger().with_variant(Integer(), "sqlite")

EVENT = Table(
    "event",
    MetaData(),
    Column("position", BIG_KEY, primary_key=True, autoincrement=False),
    Column("stream_id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("schema_version", Integer, nullable=False),
    Column("occurred_at", BigInteger, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),
    Column("agency_id", Text, nullable=False),
    Column("command_key", Text),
    Column("command_hash", LargeBinary),
    Column("correlation_id", Text, nullable=False),
    Column("causation_id", Text),
    Column("traceparent", Text),
    Column("data", LargeBinary, nullable=False),
    Column("sealed", LargeBinary),
    UniqueConstraint("stream_id", "version", name="uq_event_stream_version"),
    UniqueConstraint("command_key", name="uq_event_command_key"),
)

# While there is a row, nothing is appended: the store was restored from an older copy and lacks what was published.
APPENDS_CLOSED = Table(
    "appends_closed",
    EVENT.metadata,
    Column("reason", Text, primary_key=True),
    Column("closed_at", BigInteger, nullable=False),
)

# That topic and store told one history, in the life of the database named here; see `shared.eventstore.comparison`.
COMPARED = Table(
    "compared",
    EVENT.metadata,
    Column("life", Text, primary_key=True),
    Column("written_by", BigInteger, nullable=False),
    Column("compared_at", BigInteger, nullable=False),
)


def event_tables(metadata: MetaData) -> Table:
    """Add the event store's tables and those of the vault to a service's metadata; return `event`."""
    vault_tables(metadata)
    APPENDS_CLOSED.to_metadata(metadata)
    COMPARED.to_metadata(metadata)
    return EVENT.to_metadata(metadata)
