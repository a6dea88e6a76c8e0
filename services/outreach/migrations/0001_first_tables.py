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
    _make_contact()
    _make_known_case()
    _make_known_person()
    _make_note_review()
    _make_place()
    _make_visit()
    _make_visit_participant()


def _make_contact() -> None:
    op.create_table(
        "contact",
        sa.Column("contact_id", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("place_id", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("target_groups", sa.JSON(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("identified_as", sa.Text(), nullable=True),
        sa.Column("erased", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("contact_id"),
    )
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.create_index("contact_of_team", ["agency_id", "team_id", "contact_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contact_identified_as"), ["identified_as"], unique=False)


def _make_known_case() -> None:
    op.create_table(
        "known_case",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("case_number", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("stage_on", sa.Date(), nullable=True),
        sa.Column("periods", sa.JSON(), nullable=False),
        sa.Column("members", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("case_id"),
    )
    with op.batch_alter_table("known_case", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_known_case_agency_id"), ["agency_id"], unique=False)


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
    with op.batch_alter_table("known_person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_known_person_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_known_person_merged_into"), ["merged_into"], unique=False)


def _make_note_review() -> None:
    op.create_table(
        "note_review",
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("queued_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("unit_id"),
    )
    with op.batch_alter_table("note_review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_note_review_agency_id"), ["agency_id"], unique=False)


def _make_place() -> None:
    op.create_table(
        "place",
        sa.Column("place_id", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("place_id"),
    )
    with op.batch_alter_table("place", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_place_agency_id"), ["agency_id"], unique=False)


def _make_visit() -> None:
    op.create_table(
        "visit",
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=True),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("unit", sa.JSON(), nullable=False),
        sa.Column("has_note", sa.Boolean(), nullable=False),
        sa.Column("note_subject", sa.Text(), nullable=False),
        sa.Column("own_subject", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("unit_id"),
    )
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_case_id"), ["case_id"], unique=False)
        batch_op.create_index("visit_of_agency", ["agency_id", "occurred_on", "unit_id"], unique=False)


def _make_visit_participant() -> None:
    op.create_table(
        "visit_participant",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "unit_id"),
    )
    with op.batch_alter_table("visit_participant", schema=None) as batch_op:
        batch_op.create_index("visit_participant_unit", ["unit_id"], unique=False)
