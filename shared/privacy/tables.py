"""The vault's tables: one data key per subject, and how a master key is known to be the right one."""

from sqlalchemy import BigInteger, Column, LargeBinary, MetaData, Table, Text

DATA_KEY = Table(
    "data_key",
    MetaData(),
    Column("subject", Text, primary_key=True),
    Column("wrapped", LargeBinary),
    Column("master_key_id", Text),
    Column("created_at", BigInteger, nullable=False),
    Column("destroyed_at", BigInteger),
)
MASTER_KEY_CHECK = Table(
    "master_key_check",
    MetaData(),
    Column("master_key_id", Text, primary_key=True),
    Column("check_value", LargeBinary, nullable=False),
)


def vault_tables(metadata: MetaData) -> None:
    """Add the vault's tables to a service's metadata."""
    for table in (DATA_KEY, MASTER_KEY_CHECK):
        table.to_metadata(metadata)
