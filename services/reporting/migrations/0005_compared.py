"""Whether topic and store were compared in this life of the database."""

from shared.eventstore.steps import make_compared

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    make_compared()
