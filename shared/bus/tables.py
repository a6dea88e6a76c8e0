"""The tables of the bus in every service's database: what arrived, up to where, and what is parked.

Times are whole microseconds (`shared.database`).
"""

from dataclasses import dataclass

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, Table, Text

_metadata = MetaData()

arrival = Table(
    "arrival",
    _metadata,
    Column("service", Text, primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("event_id", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    # "As known on a date" asks for the last position recorded by then.
    Index("arrival_recorded_at", "service", "recorded_at"),
)

log_offset = Table(
    "log_offset",
    _metadata,
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True, autoincrement=False),
    Column("topic_identity", Text, nullable=False),
    Column("next_offset", BigInteger, nullable=False),
)

watermark = Table(
    "watermark",
    _metadata,
    Column("service", Text, primary_key=True),
    Column("position", BigInteger, nullable=False),
)

head = Table(
    "head",
    _metadata,
    Column("service", Text, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
)

fork = Table(
    "fork",
    _metadata,
    Column("service", Text, primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("event_id", Text, nullable=False),
    Column("other_event_id", Text, nullable=False),
)

parked = Table(
    "parked",
    _metadata,
    Column("parked_id", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True),
    # The event id; of a message that cannot even be decoded the fingerprint of its bytes.
    Column("event_id", Text, nullable=False, unique=True),
    Column("service", Text, nullable=False),
    # Absent when the message does not tell it; then the watermark stays before the hole.
    Column("position", BigInteger),
    Column("stream_id", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("value", LargeBinary, nullable=False),
    Column("published_at", BigInteger, nullable=False),
    Index("parked_stream", "service", "stream_id"),
)

relay_checkpoint = Table(
    "relay_checkpoint",
    _metadata,
    Column("service", Text, primary_key=True),
    Column("topic_identity", Text, nullable=False),
    Column("position", BigInteger, nullable=False),
)

relay_lease = Table(
    "relay_lease",
    _metadata,
    Column("service", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
)

broker_contact = Table(
    "broker_contact",
    _metadata,
    # The part of the service that has a client of the broker: `relay` or `intake`.
    Column("part", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
)


@dataclass(frozen=True, slots=True)
class BusTables:
    """The tables of the bus as they stand in one service's metadata."""

    arrival: Table
    log_offset: Table
    watermark: Table
    head: Table
    fork: Table
    parked: Table
    relay_checkpoint: Table
    relay_lease: Table
    broker_contact: Table


def bus_tables(metadata: MetaData) -> BusTables:
    """Add the tables of the bus to a service's metadata."""
    own = (arrival, log_offset, watermark, head, fork, parked, relay_checkpoint, relay_lease, broker_contact)
    return BusTables(*(table.to_metadata(metadata) for table in own))
