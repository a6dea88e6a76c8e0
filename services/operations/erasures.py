"""Destroying again the keys that stored events say were destroyed: what was erased never comes back with a copy."""

from collections.abc import Iterator

import msgspec
from sqlalchemy import Connection, select

from shared.eventstore.tables import EVENT
from shared.privacy.vault import Vault

_TELLING = ("PersonErased", "PersonKeysDropped", "NoteReviewed")


class _Erased(msgspec.Struct, frozen=True):
    """`PersonErased`, and the answer `PersonKeysDropped` of another service."""

    person_id: str
    contact_ids: tuple[str, ...] = ()


class _Reviewed(msgspec.Struct, frozen=True):
    unit_id: str
    decision: str


class _Noted(msgspec.Struct, frozen=True):
    note_subject: str


def destroy_again(connection: Connection, vault: Vault, after: int = 0) -> int:
    """Destroy every key that the events after this position say was destroyed; return how many were still there."""
    found = 0
    for subject in set(_subjects(connection, after)):
        if not vault.is_destroyed(connection, subject):
            vault.destroy(connection, subject)
            found += 1
    return found


def _subjects(connection: Connection, after: int) -> Iterator[str]:
    event = EVENT.c
    telling = select(event.position, event.type, event.data).where(event.type.in_(_TELLING), event.position > after)
    for row in connection.execute(telling.order_by(event.position)).all():
        if row.type != "NoteReviewed":
            erased = msgspec.json.decode(row.data, type=_Erased)
            yield from (erased.person_id, *erased.contact_ids)
            continue
        reviewed = msgspec.json.decode(row.data, type=_Reviewed)
        if reviewed.decision == "destroyed":
            yield from _own_subjects(connection, reviewed.unit_id, row.position)


def _own_subjects(connection: Connection, unit_id: str, before: int) -> Iterator[str]:
    """Under whose keys an entry's notes about several people lay until then: its own, and those that followed it."""
    event = EVENT.c
    story = select(event.data).where(event.stream_id == unit_id, event.position < before)
    for data in connection.scalars(story):
        subject = msgspec.json.decode(data, type=_Noted).note_subject
        if subject == unit_id or subject.startswith((f"{unit_id}.", "note-")):
            yield subject
