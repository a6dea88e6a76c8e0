"""Reports in brief, for overviews of many contracts; `caseledger rebuild reporting` fills those that were sent."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "sent_report",
        sa.Column("agency_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("contract_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("last_day", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("first_day", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("brief", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "contract_id", "last_day", "first_day"),
        sqlite_with_rowid=False,
    )
    op.execute("DELETE FROM kept_report")
    op.add_column("kept_report", sa.Column("brief", sa.LargeBinary(), nullable=True))
    op.add_column("kept_report", sa.Column("people", sa.LargeBinary(), nullable=True))
