"""The steps of migrations that make the tables of what services learn of each other.

Each is named by the migrations of every service that has these tables. What a step does never changes: a database was
brought up to date by it, and what comes later is a step of its own.
"""

import sqlalchemy as sa
from alembic import op


def make_known_contract() -> None:
    """The contracts there are."""
    op.create_table(
        "known_contract",
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("contract_id", sa.Text(), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "contract_id"),
    )


def make_known_code() -> None:
    """The dated roles and target groups of people."""
    op.create_table(
        "known_code",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("to_date", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("person_id", "kind", "code", "from_date"),
    )


def make_known_member() -> None:
    """Who belongs to which case."""
    op.create_table(
        "known_member",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "case_id"),
    )


def index_merged_people() -> None:
    """Find those of an agency who were merged without reading all of its people."""
    merged = sa.text("merged_into IS NOT NULL")
    op.create_index("known_person_merged", "known_person", ["agency_id"], sqlite_where=merged, postgresql_where=merged)
