"""The keys of an installation in one file, apart from its backups, whose names and notes stay closed without it.

Only the newest file is worth keeping. A person who was erased has no key in it, and so stays unreadable in every
backup there is, also in older ones.
"""

import base64
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, insert, inspect, select

from services.operations.refusal import Refused
from shared.database import Database
from shared.privacy.tables import DATA_KEY

_COLUMNS = tuple(column.name for column in DATA_KEY.columns)


class DataKey(msgspec.Struct, frozen=True, array_like=True):
    """One row of `data_key`; `wrapped` is absent once the key was destroyed."""

    subject: str
    wrapped: bytes | None
    master_key_id: str | None
    created_at: int
    destroyed_at: int | None


class KeyFile(msgspec.Struct, frozen=True, kw_only=True):
    """Master keys by their ids, the sealing one first, and the data keys of every service, wrapped."""

    format: int = 1
    made_at: str
    master_keys: dict[str, bytes]
    data_keys: dict[str, list[DataKey]]

    def master_key_text(self) -> str:
        """The master keys as the file `master.key` holds them."""
        return "".join(f"{name}:{base64.b64encode(key).decode()}\n" for name, key in self.master_keys.items())


def read_data_keys(connection: Connection) -> list[DataKey]:
    """All data keys of one service."""
    rows = connection.execute(select(*(DATA_KEY.c[name] for name in _COLUMNS)).order_by(DATA_KEY.c.subject))
    return [DataKey(*row) for row in rows]


def put_data_keys(connection: Connection, keys: list[DataKey]) -> None:
    """Put these in the place of all data keys of one service."""
    connection.execute(delete(DATA_KEY))
    if keys:
        connection.execute(insert(DATA_KEY), [msgspec.structs.asdict(key) for key in keys])


def destroyed_subjects(database: Database) -> set[str]:
    """Whose keys this database knows to be destroyed."""
    with database.read() as connection:
        if not inspect(connection).has_table(DATA_KEY.name):
            return set()
        return set(connection.scalars(select(DATA_KEY.c.subject).where(DATA_KEY.c.destroyed_at.is_not(None))))


def write_keys(path: Path, keys: KeyFile) -> None:
    """Write the file whole or not at all, readable by its owner alone."""
    new = path.with_name(f".{path.name}.new")
    descriptor = os.open(new, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as target:
        target.write(msgspec.json.encode(keys))
        target.flush()
        os.fsync(target.fileno())
    new.replace(path)


def read_keys(path: Path) -> KeyFile:
    """Read the file; raises `Refused`."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=KeyFile)
    except (OSError, msgspec.MsgspecError) as error:
        raise Refused(f"{path} is not a file of keys: {error}.") from error


def put_master_keys(data: Path, keys: KeyFile, *, replace: bool, named: Mapping[str, str]) -> str | None:
    """See that the installation in `data` has the master keys of the file, before anything else is read of it.

    `named` is the environment. Returns where the keys that were there before are now, when they were others.
    """
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    if named.get("CASELEDGER_MASTER_KEYS"):
        return None  # They are compared when the settings are read.
    file, text = data / "master.key", keys.master_key_text()
    before = file.read_text(encoding="ascii") if file.exists() else None
    if before == text:
        return None
    if before is not None and not replace:
        raise Refused(f"{file} is another master key than the one of the backup. --replace puts that one in its place.")
    kept = None
    if before is not None:
        kept = file.with_name("master.key.before-restore")
        file.replace(kept)
    descriptor = os.open(file, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as target:
        target.write(text)
    return str(kept) if kept else None


def check_master_keys(keys: KeyFile, known: Mapping[str, bytes]) -> None:
    """Raise `Refused` unless all keys that wrap something are at hand."""
    used: set[Any] = {key.master_key_id for rows in keys.data_keys.values() for key in rows if key.wrapped is not None}
    missing = sorted(name for name in used if known.get(name) != keys.master_keys.get(name))
    if missing:
        raise Refused(
            f"CASELEDGER_MASTER_KEYS lacks the master key {', '.join(missing)} of the file of keys, or has another one"
            " of that name."
        )
