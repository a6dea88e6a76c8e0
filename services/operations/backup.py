"""Backing up an installation: all its databases at one moment into a directory, its keys into a file apart.

The bus is not copied. What it holds is published again from the stores when it is lost, and when it is not, it holds
what was saved after the backup.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from services.operations.copying import moment
from services.operations.keyfile import KeyFile, read_data_keys, write_keys
from services.operations.manifest import FORMAT, Manifest, described, write_manifest
from services.operations.refusal import Refused
from services.suite import Suite
from shared.database import Database

Progress = Callable[[str], None]


def back_up(suite: Suite, directory: Path, keys: Path, progress: Progress = lambda _: None) -> Manifest:
    """Write a backup into `directory`, which must be new or empty, and all keys to the file `keys` outside of it."""
    _check_places(directory, keys)
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    made_at, copied = datetime.now(UTC).isoformat(timespec="seconds"), []
    accounts = Database(suite.settings.database_url("auth"))
    with _disposed(accounts), moment(suite.services, {"auth": accounts}, suite.settings.data) as now:
        for name, snapshot in now.snapshots.items():
            progress(name)
            file = directory / f"{name}.{'dump' if snapshot.dialect == 'postgresql' else 'db'}"
            snapshot.save(file)
            file.chmod(0o600)
            copied.append(described(name, snapshot.dialect, file, now.heads.get(name)))
    # After the copies: every key that a copy needs is among these, and one that was destroyed meanwhile is not.
    progress("keys")
    write_keys(keys, _keys_of(suite, made_at))
    manifest = Manifest(
        format=FORMAT, made_at=made_at, version=version("caseledger"), demo=suite.settings.demo, databases=copied
    )
    write_manifest(directory, manifest)
    return manifest


@contextmanager
def _disposed(database: Database) -> Iterator[None]:
    try:
        yield
    finally:
        database.dispose()


def _check_places(directory: Path, keys: Path) -> None:
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise Refused(f"{directory} holds something already. Name a new directory for each backup.")
    if directory.resolve() in keys.resolve().parents:
        raise Refused("Keep the keys apart: the file of keys must not lie in the directory of the backup.")
    if not keys.resolve().parent.is_dir():
        raise Refused(f"There is no directory {keys.resolve().parent} for the file of keys.")


def _keys_of(suite: Suite, made_at: str) -> KeyFile:
    data_keys = {}
    for name, service in suite.services.items():
        with service.database.read() as connection:
            data_keys[name] = read_data_keys(connection)
    return KeyFile(made_at=made_at, master_keys=dict(suite.settings.master_keys), data_keys=data_keys)
