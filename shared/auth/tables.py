"""The tables of the `auth` database."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    false,
)

metadata = MetaData()

# Moments are stored as microseconds since 1970, see shared.database.
_MICROS = BigInteger

agency = Table(
    "agency",
    metadata,
    Column("agency_id", String(80), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("created_at", _MICROS, nullable=False),
)

team = Table(
    "team",
    metadata,
    Column("team_id", String(80), primary_key=True),
    Column("agency_id", ForeignKey("agency.agency_id"), nullable=False, index=True),
    Column("name", String(200), nullable=False),
    Column("created_at", _MICROS, nullable=False),
)

account = Table(
    "account",
    metadata,
    Column("account_id", String(80), primary_key=True),
    Column("agency_id", ForeignKey("agency.agency_id"), nullable=False, index=True),
    Column("username", String(80), nullable=False, unique=True),  # in lower case
    Column("display_name", String(200), nullable=False),
    Column("role", String(20), nullable=False),
    Column("password_hash", String(200), nullable=False),
    Column("contract_ids", JSON, nullable=False),  # what a funder may read; empty for everybody else
    Column("language", String(20)),
    # Somebody else has seen its password: the owner changes it before anything else.
    Column("must_change", Boolean, nullable=False, server_default=false()),
    Column("created_at", _MICROS, nullable=False),
    Column("disabled_at", _MICROS),
    # The first steps on the home page were followed or put away.
    Column("toured", Boolean, nullable=False, server_default=false()),
)

membership = Table(
    "membership",
    metadata,
    Column("account_id", ForeignKey("account.account_id"), primary_key=True),
    Column("team_id", ForeignKey("team.team_id"), primary_key=True),
)

session = Table(
    "session",
    metadata,
    Column("token_hash", LargeBinary(32), primary_key=True),
    Column("account_id", ForeignKey("account.account_id"), nullable=False, index=True),
    Column("created_at", _MICROS, nullable=False),
    Column("expires_at", _MICROS, nullable=False),
    Index("session_expires_at", "expires_at"),
)

sign_in_failure = Table(
    "sign_in_failure",
    metadata,
    Column("username", String(80), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("since", _MICROS, nullable=False, index=True),
)

# What somebody has chosen on a page, under a name of their own; ids and codes alone.
kept_filter = Table(
    "kept_filter",
    metadata,
    Column("filter_id", String(80), primary_key=True),
    Column("account_id", ForeignKey("account.account_id"), nullable=False, index=True),
    Column("name", String(80), nullable=False),
    Column("address", String(1000), nullable=False),
)

# The token of a feed: it sends what it may for one team, in the name of the account that made it.
feed_token = Table(
    "feed_token",
    metadata,
    Column("token_id", String(80), primary_key=True),
    Column("token_hash", LargeBinary(32), nullable=False, unique=True),
    Column("agency_id", ForeignKey("agency.agency_id"), nullable=False, index=True),
    Column("account_id", ForeignKey("account.account_id"), nullable=False),
    Column("team_id", ForeignKey("team.team_id"), nullable=False),
    Column("label", String(80), nullable=False),
    Column("kinds", JSON, nullable=False),
    Column("created_at", _MICROS, nullable=False),
    Column("expires_at", _MICROS, nullable=False),
    Column("revoked_at", _MICROS),
    Column("last_used_at", _MICROS),
)
