"""First tables."""

import sqlalchemy as sa
from alembic import op

from shared.bus.steps import make_arrivals, make_parked, make_relay_checkpoint
from shared.eventstore.steps import make_event, make_keys
from shared.serviceunit.learnt.steps import make_known_contract

revision = "0001"
down_revision = None


def upgrade() -> None:
    make_event()
    make_keys()
    make_arrivals()
    make_parked()
    make_relay_checkpoint()
    make_known_contract()
    _make_assessment()
    _make_case_file()
    _make_case_member()
    _make_case_period()
    _make_contact_person()
    _make_erasure()
    _make_erasure_answer()
    _make_look()
    _make_note_review()
    _make_number_sequence()
    _make_person()
    _make_person_code()
    _make_person_search()
    _make_person_term()
    _make_session_case()
    _make_session_person()
    _make_session_unit()
    _make_session_worker()
    _make_tally()
    _make_timeline_entry()
    _make_timeline_person()


def _make_assessment() -> None:
    op.create_table(
        "assessment",
        sa.Column("assessment_id", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=True),
        sa.Column("case_id", sa.Text(), nullable=True),
        sa.Column("contract_id", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=True),
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("instrument_version", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("assessed_on", sa.Date(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("risk", sa.Boolean(), nullable=True),
        sa.Column("voided", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("assessment_id"),
    )
    with op.batch_alter_table("assessment", schema=None) as batch_op:
        batch_op.create_index("assessment_of_agency", ["agency_id", "assessed_on", "assessment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_assessment_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_assessment_person_id"), ["person_id"], unique=False)


def _make_case_file() -> None:
    op.create_table(
        "case_file",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("case_number", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("contract_id", sa.Text(), nullable=True),
        sa.Column("worker_id", sa.Text(), nullable=True),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("stage_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("case_id"),
        sa.UniqueConstraint("agency_id", "case_number", name="uq_case_file_case_number"),
    )


def _make_case_member() -> None:
    op.create_table(
        "case_member",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("to_date", sa.Date(), nullable=True),
        sa.Column("relationship", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "person_id", "from_date"),
    )
    with op.batch_alter_table("case_member", schema=None) as batch_op:
        batch_op.create_index("case_member_person", ["person_id"], unique=False)


def _make_case_period() -> None:
    op.create_table(
        "case_period",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", "number"),
    )


def _make_contact_person() -> None:
    op.create_table(
        "contact_person",
        sa.Column("contact_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("contact_id"),
    )
    with op.batch_alter_table("contact_person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_person_person_id"), ["person_id"], unique=False)


def _make_erasure() -> None:
    op.create_table(
        "erasure",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("erased_at", sa.BigInteger(), nullable=False),
        sa.Column("completed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("person_id"),
    )
    with op.batch_alter_table("erasure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_erasure_agency_id"), ["agency_id"], unique=False)


def _make_erasure_answer() -> None:
    op.create_table(
        "erasure_answer",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "service"),
    )


def _make_look() -> None:
    op.create_table(
        "look",
        sa.Column("look_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("looked_at", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("look_id"),
    )
    with op.batch_alter_table("look", schema=None) as batch_op:
        batch_op.create_index("look_of_person", ["person_id", "look_id"], unique=False)


def _make_note_review() -> None:
    op.create_table(
        "note_review",
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("unit_id", "person_id"),
    )
    with op.batch_alter_table("note_review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_note_review_agency_id"), ["agency_id"], unique=False)


def _make_number_sequence() -> None:
    op.create_table(
        "number_sequence",
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "kind"),
    )


def _make_person() -> None:
    op.create_table(
        "person",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("client_number", sa.Text(), nullable=False),
        sa.Column("alias_only", sa.Boolean(), nullable=False),
        sa.Column("gender", sa.Text(), nullable=True),
        sa.Column("birth_year_band", sa.Text(), nullable=True),
        sa.Column("district", sa.Text(), nullable=True),
        sa.Column("merged_into", sa.Text(), nullable=True),
        sa.Column("root_id", sa.Text(), nullable=False),
        sa.Column("erased", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("person_id"),
        sa.UniqueConstraint("agency_id", "client_number", name="uq_person_client_number"),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_root_id"), ["root_id"], unique=False)


def _make_person_code() -> None:
    op.create_table(
        "person_code",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("to_date", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("person_id", "kind", "code", "from_date"),
    )


def _make_person_search() -> None:
    op.create_table(
        "person_search",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=True),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("alias", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("person_id"),
    )
    with op.batch_alter_table("person_search", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_search_agency_id"), ["agency_id"], unique=False)


def _make_person_term() -> None:
    op.create_table(
        "person_term",
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "term", "person_id"),
    )
    with op.batch_alter_table("person_term", schema=None) as batch_op:
        batch_op.create_index("person_term_of_person", ["person_id"], unique=False)


def _make_session_case() -> None:
    op.create_table(
        "session_case",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "occurred_on", "unit_id"),
    )
    with op.batch_alter_table("session_case", schema=None) as batch_op:
        batch_op.create_index("session_case_unit", ["unit_id"], unique=False)


def _make_session_person() -> None:
    op.create_table(
        "session_person",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "occurred_on", "unit_id"),
    )
    with op.batch_alter_table("session_person", schema=None) as batch_op:
        batch_op.create_index("session_person_unit", ["unit_id"], unique=False)


def _make_session_unit() -> None:
    op.create_table(
        "session_unit",
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("unit", sa.LargeBinary(), nullable=False),
        sa.Column("has_note", sa.Boolean(), nullable=False),
        sa.Column("note_subject", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("unit_id"),
    )
    with op.batch_alter_table("session_unit", schema=None) as batch_op:
        batch_op.create_index("session_unit_of_agency", ["agency_id", "occurred_on", "unit_id"], unique=False)


def _make_session_worker() -> None:
    op.create_table(
        "session_worker",
        sa.Column("worker_id", sa.Text(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("worker_id", "occurred_on", "unit_id"),
    )
    with op.batch_alter_table("session_worker", schema=None) as batch_op:
        batch_op.create_index("session_worker_unit", ["unit_id"], unique=False)


def _make_tally() -> None:
    op.create_table(
        "tally",
        sa.Column("tally_id", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("contract_id", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=True),
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("instrument_version", sa.Text(), nullable=False),
        sa.Column("assessed_on", sa.Date(), nullable=False),
        sa.Column("satisfied", sa.Integer(), nullable=False),
        sa.Column("not_satisfied", sa.Integer(), nullable=False),
        sa.Column("voided", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tally_id"),
    )
    with op.batch_alter_table("tally", schema=None) as batch_op:
        batch_op.create_index("tally_of_agency", ["agency_id", "assessed_on", "tally_id"], unique=False)


def _make_timeline_entry() -> None:
    op.create_table(
        "timeline_entry",
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=True),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("setting", sa.Text(), nullable=False),
        sa.Column("activity", sa.Text(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("unit_id"),
    )
    with op.batch_alter_table("timeline_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_timeline_entry_case_id"), ["case_id"], unique=False)


def _make_timeline_person() -> None:
    op.create_table(
        "timeline_person",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "unit_id"),
    )
    with op.batch_alter_table("timeline_person", schema=None) as batch_op:
        batch_op.create_index("timeline_person_unit", ["unit_id"], unique=False)
