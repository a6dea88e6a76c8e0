"""Putting a backup in place: databases, keys, what no backup holds, and the erasures since.

Every service's appends are closed by then, and stay closed until its relay has compared store and topic.
"""

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, delete

from services.case.people.projections import write_names_again
from services.case.tables import person_search, person_term
from services.cluster import Opened, opened
from services.operations.erasures import destroy_again
from services.operations.keyfile import (
    KeyFile,
    check_master_keys,
    destroyed_subjects,
    put_data_keys,
    put_master_keys,
    read_keys,
)
from services.operations.manifest import Manifest, read_manifest
from services.operations.placing import check_unused, dialect_of, holds_something, put
from services.operations.refusal import Refused
from shared.bus.port import BusError
from shared.clock import SystemClock
from shared.database import Database
from shared.eventstore import EventStore, Outbox
from shared.privacy.keys import MasterKeys
from shared.privacy.vault import Vault
from shared.relay.grants import let_relay_publish
from shared.relay.relay import last_published
from shared.settings import DATABASES, DEMO_MARK, SERVICES, Settings, load_settings

Progress = Callable[[str], None]
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was put in place. `ahead`: the services whose topics hold more than the backup."""

    manifest: Manifest
    keys_destroyed: int
    ahead: tuple[str, ...]
    old_master_key: str | None


def restore_backup(directory: Path, keys_file: Path, *, replace: bool, progress: Progress = lambda _: None) -> Restored:
    """Put the backup in `directory` in place of this installation, which must be empty unless it may be replaced.

    Raises `Refused` before anything was changed. Put in place halfway (a disk was full, say), it can be repeated.
    """
    manifest, keys = read_manifest(directory), read_keys(keys_file)
    place = load_settings(keys=False)
    _check_place(manifest, place, replace=replace)
    kept = put_master_keys(place.data, keys, replace=replace, named=os.environ)
    _mark_demo(place.data, demo=manifest.demo)
    settings = load_settings()
    check_master_keys(keys, settings.master_keys)
    erased = {name: _erased(settings.database_url(name)) for name in SERVICES}
    for each in manifest.databases:
        progress(each.database)
        complete = partial(_complete, each.database, manifest, settings, keys, erased)
        put(each.database, settings.database_url(each.database), directory / each.file, complete)
    made_good = {}
    for name in SERVICES:
        progress(name)
        with opened(name, settings) as process:
            made_good[name] = _made_good(process)
    return Restored(
        manifest=manifest,
        keys_destroyed=sum(done.keys_destroyed for done in made_good.values()),
        ahead=tuple(name for name, done in made_good.items() if done.ahead),
        old_master_key=kept,
    )


def _check_place(manifest: Manifest, settings: Settings, *, replace: bool) -> None:
    urls = {name: settings.database_url(name) for name in DATABASES}
    if {each.database for each in manifest.databases} != set(DATABASES):
        raise Refused("The backup does not hold the databases of an installation.")
    for each in manifest.databases:
        if dialect_of(urls[each.database]) != each.dialect:
            raise Refused(
                f"The backup of {each.database} was made on {each.dialect}, and can be restored there alone; this"
                f" installation has it on {dialect_of(urls[each.database])}."
            )
    full = [name for name, url in urls.items() if holds_something(url)]
    if full and not replace:
        raise Refused(
            f"This installation holds data already ({', '.join(full)}). --replace puts the backup in its place; what"
            " was saved after the backup then remains in the topics alone."
        )
    for name in full:
        check_unused(name, urls[name])


def _mark_demo(data: Path, *, demo: bool) -> None:
    """The clock of a demo may be moved, and that of no other installation."""
    mark = data / DEMO_MARK
    if demo:
        mark.touch()
    else:
        mark.unlink(missing_ok=True)


def _erased(url: str) -> set[str]:
    """Whose keys the installation that is replaced has destroyed."""
    if not holds_something(url):
        return set()
    database = Database(url)
    try:
        return destroyed_subjects(database)
    finally:
        database.dispose()


def _complete(
    name: str,
    manifest: Manifest,
    settings: Settings,
    keys: KeyFile,
    erased: Mapping[str, set[str]],
    database: Database,
) -> None:
    """Give a service's database its keys, but none that was destroyed since, and close it to entries."""
    if name not in SERVICES:
        return
    vault = Vault(MasterKeys(settings.master_keys), SystemClock())
    with database.write() as connection:
        put_data_keys(connection, keys.data_keys.get(name, []))
        for subject in erased[name]:
            vault.destroy(connection, subject)
    outbox = Outbox(database, SystemClock())
    outbox.close_appends(f"Restored from the backup of {manifest.made_at}, and not yet compared with the topic.")


@dataclass(frozen=True, slots=True)
class _MadeGood:
    keys_destroyed: int
    ahead: bool


def _made_good(process: Opened) -> _MadeGood:
    """Destroy the keys of whom the store knows to be erased, and write what no backup holds."""
    service = process.service
    with service.database.write() as connection:
        destroyed = destroy_again(connection, service.vault)
        if service.name == "case":
            _write_names(connection, service.store)
        if service.database.dialect == "postgresql":
            # What the relay's role may do is not in a dump; where there is no such role, nothing is missing.
            with suppress(LookupError):
                let_relay_publish(connection)
        head, _ = service.store.head(connection)
    try:
        last = last_published(process.bus, service.name)
    except BusError:
        # The relay will say so.
        last = None
    return _MadeGood(destroyed, last is not None and last.position > head)


def _write_names(connection: Connection, store: EventStore) -> None:
    for table in (person_search, person_term):
        connection.execute(delete(table))
    position = 0
    while batch := store.read_all(connection, position, _AT_ONCE):
        write_names_again(connection, [recorded.as_pending() for recorded in batch])
        position = batch[-1].position
