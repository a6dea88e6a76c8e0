"""First tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "arrival",
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("service", "position"),
    )
    with op.batch_alter_table("arrival", schema=None) as batch_op:
        batch_op.create_index("arrival_recorded_at", ["service", "recorded_at"], unique=False)

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

    op.create_table(
        "data_key",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=True),
        sa.Column("master_key_id", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("destroyed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("subject"),
    )
    op.create_table(
        "event",
        sa.Column(
            "position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("stream_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("schema_version", sa.Integer(), nullable=False),
        sa.Column("occurred_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("command_key", sa.Text(), nullable=True),
        sa.Column("command_hash", sa.LargeBinary(), nullable=True),
        sa.Column("correlation_id", sa.Text(), nullable=False),
        sa.Column("causation_id", sa.Text(), nullable=True),
        sa.Column("traceparent", sa.Text(), nullable=True),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("position"),
        sa.UniqueConstraint("command_key", name="uq_event_command_key"),
        sa.UniqueConstraint("stream_id", "version", name="uq_event_stream_version"),
    )
    op.create_table(
        "fork",
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("other_event_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("service", "position"),
    )
    op.create_table(
        "head",
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("service"),
    )
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

    op.create_table(
        "known_code",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("to_date", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("person_id", "kind", "code", "from_date"),
    )
    op.create_table(
        "known_contract",
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("contract_id", sa.Text(), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "contract_id"),
    )
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

    op.create_table(
        "log_offset",
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("partition", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("topic_identity", sa.Text(), nullable=False),
        sa.Column("next_offset", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("topic", "partition"),
    )
    op.create_table(
        "master_key_check",
        sa.Column("master_key_id", sa.Text(), nullable=False),
        sa.Column("check_value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("master_key_id"),
    )
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

    op.create_table(
        "parked",
        sa.Column("parked_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.Column("stream_id", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("parked_id"),
        sa.UniqueConstraint("event_id"),
    )
    with op.batch_alter_table("parked", schema=None) as batch_op:
        batch_op.create_index("parked_stream", ["service", "stream_id"], unique=False)

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

    op.create_table(
        "relay_checkpoint",
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("topic_identity", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("service"),
    )
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

    op.create_table(
        "visit_participant",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "unit_id"),
    )
    with op.batch_alter_table("visit_participant", schema=None) as batch_op:
        batch_op.create_index("visit_participant_unit", ["unit_id"], unique=False)

    op.create_table(
        "watermark",
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("service"),
    )
