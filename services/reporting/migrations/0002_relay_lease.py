"""The lease of the relay, and the closing of appends after a restore."""

from shared.bus.steps import make_relay_lease
from shared.eventstore.steps import make_appends_closed

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    make_appends_closed()
    make_relay_lease()
