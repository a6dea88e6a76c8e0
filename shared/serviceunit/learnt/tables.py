"""The tables of what was learnt, in the database of every service that learns it."""

from sqlalchemy import JSON, Boolean, Column, Date, Index, MetaData, Table, Text, text

_metadata = MetaData()
_MERGED = text("merged_into IS NOT NULL")

known_person = Table(
    "known_person",
    _metadata,
    Column("person_id", Text, primary_key=True),
    Column("agency_id", Text, nullable=False),
    Column("team_id", Text, nullable=False),
    Column("merged_into", Text),
    Column("erased", Boolean, nullable=False),
    # Every meeting and visit asks who was merged: never many of an agency's people.
    Index("known_person_merged", "agency_id", sqlite_where=_MERGED, postgresql_where=_MERGED),
)

known_code = Table(
    "known_code",
    _metadata,
    Column("person_id", Text, primary_key=True),
    Column("kind", Text, primary_key=True),  # role or target_group
    Column("code", Text, primary_key=True),
    Column("from_date", Date, primary_key=True),
    Column("to_date", Date),
)

# Who was ever a member of which case: relatives, most likely.
known_member = Table(
    "known_member",
    _metadata,
    Column("person_id", Text, primary_key=True),
    Column("case_id", Text, primary_key=True),
    Column("agency_id", Text, nullable=False),
)

known_contract = Table(
    "known_contract",
    _metadata,
    Column("agency_id", Text, primary_key=True),
    Column("contract_id", Text, primary_key=True),
    Column("title", JSON, nullable=False),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
)


def people_tables(metadata: MetaData) -> tuple[Table, Table, Table]:
    """Add `known_person`, `known_code` and `known_member` to a service's metadata."""
    return known_person.to_metadata(metadata), known_code.to_metadata(metadata), known_member.to_metadata(metadata)


def contract_table(metadata: MetaData) -> Table:
    """Add `known_contract` to a service's metadata."""
    return known_contract.to_metadata(metadata)
