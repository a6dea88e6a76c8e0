"""The reporting periods that were ever locked."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "report_period",
        sa.Column("agency_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("contract_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("last_day", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("first_day", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("stream_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "contract_id", "last_day", "first_day"),
        sqlite_with_rowid=False,
    )
