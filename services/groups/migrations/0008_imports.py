"""Imports from files: what is under way, what was imported, and which column each heading was taken for."""

from shared.importing.steps import make_import_tables

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    make_import_tables()
