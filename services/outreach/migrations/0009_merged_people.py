"""Who was merged is found by an index: every meeting and visit asks."""

from alembic import op

from shared.serviceunit.learnt.steps import index_merged_people

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    index_merged_people()
    op.drop_index("ix_known_person_merged_into", "known_person")
