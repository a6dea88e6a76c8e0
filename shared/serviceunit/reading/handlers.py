"""Reading and returning entries: load, decide, append. What was read is named with its version."""

from collections.abc import Mapping
from functools import reduce
from typing import Any

from sqlalchemy import Connection

from shared.auth.identity import Identity
from shared.eventstore import CommandMeta, Outcome, Recorded, Work
from shared.ids import new_id
from shared.service import Service
from shared.serviceunit.reading import domain
from shared.serviceunit.reading.domain import UNREAD, Entry, Reading
from shared.serviceunit.recording import Recording, own

Units = Recording[Any]


def read_entries(
    units: Units, service: Service, who: Identity, meta: CommandMeta, asked: Mapping[str, int], *, dry_run: bool = False
) -> Outcome:
    """Sign for the versions `asked`, by the id of their entries, in one transaction.

    What has changed since, or waits no more, is left as it is: `signed` says for which entries it was done.
    """

    def body(work: Work) -> None:
        for unit_id, version in asked.items():
            entry, reading = _load(work, who, unit_id, units.prefix)
            if version == entry.version and entry.state.phase == "recorded":
                said = domain.read(entry, reading, who.account_id)
                work.append(_stream(unit_id), said, work.version(_stream(unit_id)))

    return service.store.run(meta, body, dry_run=dry_run)


def signed(outcome: Outcome) -> list[str]:
    """The ids of the entries that a command has signed for."""
    return [pending.event.unit_id for pending in outcome.events]


def read_entry(units: Units, service: Service, who: Identity, meta: CommandMeta, unit_id: str, version: int) -> Outcome:
    """Sign for this version of one entry. Raises `StaleVersion` when it has changed since."""

    def body(work: Work) -> None:
        entry, reading = _load(work, who, unit_id, units.prefix)
        work.require_version(unit_id, version)
        said = domain.read(entry, reading, who.account_id)
        work.append(_stream(unit_id), said, work.version(_stream(unit_id)))

    return service.store.run(meta, body)


def return_entry(
    units: Units,
    service: Service,
    who: Identity,
    meta: CommandMeta,
    unit_id: str,
    comment: str,
    version: int,
    *,
    dry_run: bool = False,
) -> Outcome:
    """Return this version of an entry to its author. The comment is sealed with the key of the entry's note."""

    def body(work: Work) -> None:
        entry, reading = _load(work, who, unit_id, units.prefix)
        work.require_version(unit_id, version)
        subject = entry.state.note_subject
        if service.vault.is_destroyed(work.connection, subject):
            subject = new_id("note")
        said = domain.give_back(entry, reading, who.account_id, comment, subject)
        work.append(_stream(unit_id), said, work.version(_stream(unit_id)))

    return service.store.run(meta, body, dry_run=dry_run)


def readings(connection: Connection, service: Service, who: Identity, unit_id: str) -> list[Recorded]:
    """All that leaders have said of an entry, the oldest first. That the person may see the entry was asked before."""
    return service.store.load(connection, _stream(unit_id), who.agency_id)


def last_of(said: list[Recorded]) -> Reading:
    """What holds after all that was said."""
    return reduce(domain.evolve, (one.event for one in said), UNREAD)


def _load(work: Work, who: Identity, unit_id: str, prefix: str) -> tuple[Entry, Reading]:
    state = own(work, who, unit_id, prefix)
    reading, _ = work.fold(_stream(unit_id), UNREAD, domain.evolve)
    return Entry(state, work.version(unit_id)), reading


def _stream(unit_id: str) -> str:
    return f"reading-{unit_id}"
