"""The filters that somebody keeps under a name, and whether they have seen the first steps."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "kept_filter",
        sa.Column("filter_id", sa.String(length=80), nullable=False),
        sa.Column("account_id", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("address", sa.String(length=1000), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.account_id"]),
        sa.PrimaryKeyConstraint("filter_id"),
    )
    with op.batch_alter_table("kept_filter", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kept_filter_account_id"), ["account_id"], unique=False)
    op.add_column("account", sa.Column("toured", sa.Boolean(), nullable=False, server_default=sa.false()))
