"""A note that was looked at waits no more: its destroyed content would not tell a rebuild that it ever did."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute("DELETE FROM note_review WHERE decision IS NOT NULL")
    with op.batch_alter_table("note_review", schema=None) as batch_op:
        batch_op.drop_column("decision")
