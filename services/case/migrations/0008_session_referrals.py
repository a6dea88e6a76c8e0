"""Who was referred elsewhere in a session, for the timeline; no session of before says so."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "session_referral",
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("referred_on", sa.Date(), nullable=False),
        sa.Column("taken_up", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("unit_id", "number"),
    )
