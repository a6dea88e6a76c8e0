"""First tables."""

import sqlalchemy as sa
from alembic import op

from shared.bus.steps import make_arrivals, make_parked, make_relay_checkpoint
from shared.eventstore.steps import make_event, make_keys

revision = "0001"
down_revision = None


def upgrade() -> None:
    make_event()
    make_keys()
    make_arrivals()
    make_parked()
    make_relay_checkpoint()
    _make_attribute()
    _make_contract()
    _make_entry()
    _make_identity()
    _make_kept_report()
    _make_participation()
    _make_score()
    _make_segment()
    _make_tally()
    _make_touched()


def _make_attribute() -> None:
    op.create_table(
        "attribute",
        sa.Column("person_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("value", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("born", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("dead", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("from_date", sa.Text(), nullable=True),
        sa.Column("to_date", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("person_id", "name", "value", "born"),
        sqlite_with_rowid=False,
    )


def _make_contract() -> None:
    op.create_table(
        "contract",
        sa.Column("agency_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("contract_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("funder", sa.JSON(), nullable=False),
        sa.Column("first_day", sa.Text(), nullable=False),
        sa.Column("last_day", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "contract_id"),
    )


def _make_entry() -> None:
    op.create_table(
        "entry",
        sa.Column("entry_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("born", sa.BigInteger(), nullable=False),
        sa.Column("dead", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("contracts", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("entry_id", "version"),
        sqlite_with_rowid=False,
    )


def _make_identity() -> None:
    op.create_table(
        "identity",
        sa.Column("edge_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("born", sa.BigInteger(), nullable=False),
        sa.Column("dead", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("into_id", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("ended_event_id", sa.Text(), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("edge_id"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("identity", schema=None) as batch_op:
        batch_op.create_index("identity_agency", ["agency_id"], unique=False)


def _make_kept_report() -> None:
    op.create_table(
        "kept_report",
        sa.Column("agency_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("contract_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("definition_version", sa.Integer(), nullable=False),
        sa.Column("figures", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "contract_id"),
    )


def _make_participation() -> None:
    op.create_table(
        "participation",
        sa.Column("agency_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("contract_id", sa.Text(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "person_id", "contract_id"),
        sqlite_with_rowid=False,
    )


def _make_score() -> None:
    op.create_table(
        "score",
        sa.Column("agency_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("contract_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("assessment_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("born", sa.BigInteger(), nullable=False),
        sa.Column("dead", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=True),
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("assessed_on", sa.Text(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("team_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("agency_id", "contract_id", "assessment_id", "version"),
        sqlite_with_rowid=False,
    )


def _make_segment() -> None:
    op.create_table(
        "segment",
        sa.Column("agency_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("contract_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("born", sa.BigInteger(), nullable=False),
        sa.Column("dead", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("occurred_on", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("setting", sa.Text(), nullable=False),
        sa.Column("activity", sa.Text(), nullable=True),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=True),
        sa.Column("unidentified", sa.Integer(), nullable=False),
        sa.Column("people", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "contract_id", "unit_id", "version"),
        sqlite_with_rowid=False,
    )


def _make_tally() -> None:
    op.create_table(
        "tally",
        sa.Column("agency_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("contract_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("tally_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("born", sa.BigInteger(), nullable=False),
        sa.Column("dead", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("assessed_on", sa.Text(), nullable=False),
        sa.Column("satisfied", sa.Integer(), nullable=False),
        sa.Column("not_satisfied", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "contract_id", "tally_id", "version"),
        sqlite_with_rowid=False,
    )


def _make_touched() -> None:
    op.create_table(
        "touched",
        sa.Column("agency_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("contract_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "contract_id"),
    )
