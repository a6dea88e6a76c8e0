"""The tables of imports: what is under way, sealed and gone soon, and what was imported, as keyed hashes for ever."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

_metadata = MetaData()

# `salt` makes the key under which headings and rows are sealed; without it they can never be read again.
import_job = Table(
    "import_job",
    _metadata,
    Column("import_id", Text, primary_key=True),
    Column("agency_id", Text, nullable=False),
    Column("account_id", Text, nullable=False),
    Column("team_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),  # columns, reading, checking, checked, accepting, done or gone
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("file_digest", Text, nullable=False),
    Column("total", Integer, nullable=False),
    Column("since_1904", Boolean, nullable=False),
    Column("mapping", JSON, nullable=False),
    Column("counts", JSON, nullable=False),
    Column("salt", LargeBinary),
    Column("headings", LargeBinary),
    Index("import_job_of_account", "account_id", "created_at"),
)

import_row = Table(
    "import_row",
    _metadata,
    Column("import_id", Text, primary_key=True),
    Column("row_no", Integer, primary_key=True, autoincrement=False),
    # waiting, read, then its verdict: new, change, same, doubt or bad; chosen or sure while it is being accepted, then
    # added or corrected
    Column("state", Text, nullable=False),
    Column("row_key", LargeBinary),
    Column("entry_key", LargeBinary),
    Column("cells", LargeBinary),
    Column("told", LargeBinary),
    Index("import_row_in_state", "import_id", "state", "row_no"),
    Index("import_row_of_key", "import_id", "row_key"),
    Index("import_row_of_entry", "import_id", "entry_key"),
)

# What was imported: by what a row is, what it said, where it went, and which row of which file it came from.
imported = Table(
    "imported",
    _metadata,
    Column("agency_id", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("row_key", LargeBinary, primary_key=True),
    Column("digest", LargeBinary, nullable=False),
    Column("entry_id", Text, nullable=False),
    Column("file_digest", Text, nullable=False),
    Column("row_no", Integer, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Index("imported_as", "entry_id"),
)

# Which column each heading was taken for; headings are kept as hashes.
import_mapping = Table(
    "import_mapping",
    _metadata,
    Column("agency_id", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("headings", JSON, nullable=False),
)


def import_tables(metadata: MetaData) -> None:
    """Add the tables of imports to a service's metadata."""
    for table in (import_job, import_row, imported, import_mapping):
        table.to_metadata(metadata)
