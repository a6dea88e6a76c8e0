"""When sessions began, their sign-in sheets and referrals; the ways of cases; samples and extracts that were drawn."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("occasion", sa.Column("starts_at", sa.BigInteger(), nullable=True))
    for name in ("case_id", "sign_in_sheet", "referred_on"):
        op.add_column("occasion", sa.Column(name, sa.Text(), nullable=True))
    op.create_table(
        "case_move",
        sa.Column("agency_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("case_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("born", sa.BigInteger(), nullable=False),
        sa.Column("dead", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("on_day", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("team_id", sa.Text(), nullable=True),
        sa.Column("worker_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("agency_id", "case_id", "version"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "drawn",
        sa.Column("agency_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("contract_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("drawn_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("drawn_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "contract_id", "drawn_id"),
        sqlite_with_rowid=False,
    )
