"""First tables."""

import sqlalchemy as sa
from alembic import op

from shared.bus.steps import make_arrivals, make_parked, make_relay_checkpoint
from shared.eventstore.steps import make_event, make_keys
from shared.serviceunit.learnt.steps import make_known_code, make_known_contract

revision = "0001"
down_revision = None


def upgrade() -> None:
    make_event()
    make_keys()
    make_arrivals()
    make_parked()
    make_relay_checkpoint()
    make_known_code()
    make_known_contract()
    _make_activity_group()
    _make_group_member()
    _make_known_person()
    _make_meeting()
    _make_meeting_participant()
    _make_note_review()
    _make_practitioner()


def _make_activity_group() -> None:
    op.create_table(
        "activity_group",
        sa.Column("group_id", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("activity", sa.Text(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("contract_id", sa.Text(), nullable=True),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("to_date", sa.Date(), nullable=True),
        sa.Column("intake_until", sa.Date(), nullable=True),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("group_id"),
    )
    with op.batch_alter_table("activity_group", schema=None) as batch_op:
        batch_op.create_index("activity_group_of_agency", ["agency_id", "team_id"], unique=False)


def _make_group_member() -> None:
    op.create_table(
        "group_member",
        sa.Column("group_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("to_date", sa.Date(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("group_id", "person_id", "from_date"),
    )
    with op.batch_alter_table("group_member", schema=None) as batch_op:
        batch_op.create_index("group_member_person", ["person_id"], unique=False)


def _make_known_person() -> None:
    op.create_table(
        "known_person",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("merged_into", sa.Text(), nullable=True),
        sa.Column("erased", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("person_id"),
    )


def _make_meeting() -> None:
    op.create_table(
        "meeting",
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("group_id", sa.Text(), nullable=True),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("unit", sa.JSON(), nullable=False),
        sa.Column("has_note", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("unit_id"),
    )
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.create_index("meeting_of_agency", ["agency_id", "occurred_on", "unit_id"], unique=False)
        batch_op.create_index("meeting_of_group", ["group_id", "occurred_on"], unique=False)


def _make_meeting_participant() -> None:
    op.create_table(
        "meeting_participant",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "unit_id"),
    )
    with op.batch_alter_table("meeting_participant", schema=None) as batch_op:
        batch_op.create_index("meeting_participant_unit", ["unit_id"], unique=False)


def _make_note_review() -> None:
    op.create_table(
        "note_review",
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("queued_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("unit_id", "person_id"),
    )
    with op.batch_alter_table("note_review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_note_review_agency_id"), ["agency_id"], unique=False)


def _make_practitioner() -> None:
    op.create_table(
        "practitioner",
        sa.Column("practitioner_id", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("practitioner_id"),
    )
    with op.batch_alter_table("practitioner", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_practitioner_agency_id"), ["agency_id"], unique=False)
