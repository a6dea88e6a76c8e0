"""The entries that wait to be read by a leader, or lie with their author again; those of before wait for nobody."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "entry_waiting",
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("returned", sa.Boolean(), nullable=False),
        sa.Column("unit", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("unit_id"),
    )
    place = ["agency_id", "returned", "occurred_on", "unit_id"]
    op.create_index("entry_waiting_of_agency", "entry_waiting", place)
    op.create_index("entry_waiting_of_author", "entry_waiting", ["author", "returned"])
