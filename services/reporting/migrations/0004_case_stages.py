"""The stages of cases. Figures kept ready were written without what a report says now: they are counted anew."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "case_stage",
        sa.Column("agency_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("contract_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("case_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("born", sa.BigInteger(), nullable=False),
        sa.Column("dead", sa.BigInteger(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("on_day", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("agency_id", "contract_id", "case_id", "version"),
        sqlite_with_rowid=False,
    )
    op.execute("DELETE FROM kept_report")
