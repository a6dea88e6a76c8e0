"""When the relay and the intake were last in touch with the broker."""

from shared.bus.steps import make_broker_contact

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    make_broker_contact()
