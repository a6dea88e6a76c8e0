"""Who was merged is found by an index: every meeting and visit asks."""

from shared.serviceunit.learnt.steps import index_merged_people

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    index_merged_people()
