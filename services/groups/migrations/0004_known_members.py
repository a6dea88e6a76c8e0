"""Who belongs to which case, by ids alone: it tells when somebody may serve a relative."""

from shared.serviceunit.learnt.steps import make_known_member

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    make_known_member()
