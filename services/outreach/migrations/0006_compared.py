"""Whether topic and store were compared in this life of the database."""

from shared.eventstore.steps import make_compared

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    make_compared()
