"""By which day somebody follows up a session, so that those due are found at once."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("session_unit", sa.Column("follow_up_on", sa.Date(), nullable=True))
    op.create_index("session_unit_follow_up", "session_unit", ["agency_id", "follow_up_on"])
