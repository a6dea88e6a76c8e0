"""The steps of migrations that make the tables of imports, named by those of every service that has them."""

import sqlalchemy as sa
from alembic import op


def make_import_tables() -> None:
    """What is under way, what was imported, and which column each heading was taken for."""
    _make_what_is_under_way()
    _make_what_was_imported()


def _make_what_is_under_way() -> None:
    op.create_table(
        "import_job",
        sa.Column("import_id", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("file_digest", sa.Text(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("since_1904", sa.Boolean(), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("headings", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("import_id"),
    )
    op.create_index("import_job_of_account", "import_job", ["account_id", "created_at"])
    op.create_table(
        "import_row",
        sa.Column("import_id", sa.Text(), nullable=False),
        sa.Column("row_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("row_key", sa.LargeBinary(), nullable=True),
        sa.Column("entry_key", sa.LargeBinary(), nullable=True),
        sa.Column("cells", sa.LargeBinary(), nullable=True),
        sa.Column("told", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("import_id", "row_no"),
    )
    op.create_index("import_row_in_state", "import_row", ["import_id", "state", "row_no"])
    op.create_index("import_row_of_key", "import_row", ["import_id", "row_key"])
    op.create_index("import_row_of_entry", "import_row", ["import_id", "entry_key"])


def _make_what_was_imported() -> None:
    op.create_table(
        "imported",
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("row_key", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("file_digest", sa.Text(), nullable=False),
        sa.Column("row_no", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "kind", "row_key"),
    )
    op.create_index("imported_as", "imported", ["entry_id"])
    op.create_table(
        "import_mapping",
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("headings", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "kind"),
    )
