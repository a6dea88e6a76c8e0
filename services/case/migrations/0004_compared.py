"""Whether topic and store were compared in this life of the database."""

from shared.eventstore.steps import make_compared

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    make_compared()
