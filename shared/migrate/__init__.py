"""Brings a database to the newest revision of its package's migrations; alembic is imported only when there is work.

A package with a database (`services.case`, `shared.auth`) has `tables.py` with `metadata` and, beside it,
`migrations/0001_....py`, `migrations/0002_....py`; what alembic needs besides is in `environment/` here, once.
`python -m shared.migrate services.case "add visits"` writes the next one from what `tables.py` says.
"""

import tempfile
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, cast

from sqlalchemy import Connection, MetaData, inspect, text

from shared.database import Database

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import Script

_LOCK = 6_270_351_944


def upgrade(package: str, url: str) -> None:
    """Bring the database at `url` to the newest revision of `package`; several processes may start at once."""
    database = Database(url)
    try:
        with database.read() as connection:
            if stored_revision(connection) == newest_revision(package):
                return
        with database.write() as connection:
            if database.dialect == "postgresql":
                connection.execute(text("SET LOCAL statement_timeout = 0"))
                connection.execute(text("SET LOCAL lock_timeout = 0"))
                connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
            _upgrade(package, connection)
    finally:
        database.dispose()


def newest_revision(package: str) -> str:
    """Return the revision of the newest version file: the number its name begins with."""
    names = sorted(path.stem for path in _directory(package).glob("[0-9]*.py"))
    return names[-1].partition("_")[0] if names else ""


def stored_revision(connection: Connection) -> str:
    """Return the revision of this database, empty when it is new."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return connection.scalar(text("SELECT version_num FROM alembic_version")) or ""


def write_revision(package: str, message: str) -> Path:
    """Write the next version file of `package` from the difference between its migrations and its tables."""
    from alembic import command

    _directory(package).mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as directory:
        database = Database(f"sqlite:///{directory}/scratch.db")
        with database.write() as connection:
            _upgrade(package, connection)
            config = _config(package, connection)
            number = f"{int(newest_revision(package) or 0) + 1:04}"
            script = command.revision(config, message, autogenerate=True, rev_id=number)
        database.dispose()
    path = Path(cast("Script", script).path)
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if "# ###" not in line), encoding="utf-8")
    return path


def metadata_of(package: str) -> MetaData:
    """Return the metadata of a package's `tables.py`."""
    metadata: MetaData = import_module(f"{package}.tables").metadata
    return metadata


def _upgrade(package: str, connection: Connection) -> None:
    from alembic import command

    command.upgrade(_config(package, connection), "head")


def _config(package: str, connection: Connection) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "environment"))
    config.set_main_option("version_locations", str(_directory(package)))
    config.set_main_option("path_separator", "newline")
    config.attributes["connection"] = connection
    config.attributes["metadata"] = metadata_of(package)
    return config


def _directory(package: str) -> Path:
    return Path(str(files(package))) / "migrations"
