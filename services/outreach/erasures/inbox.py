"""What this service does when case says that a person was erased: it destroys their keys here, and says so."""

import hashlib
from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

from services.outreach.erasures.events import PersonKeysDropped
from services.outreach.people.queries import contacts_identified_as
from shared.bus.envelope import Arrived
from shared.eventstore import CommandMeta, EventStore, Work
from shared.privacy.vault import Vault

SERVICE = "outreach"


class _Erased(msgspec.Struct, frozen=True):
    person_id: str


def answer(connection: Connection, events: Sequence[Arrived], store: EventStore, vault: Vault) -> None:
    """Answer every erasure among these events; called after the rest of them was learnt."""
    for arrived in events:
        if arrived.service == "case" and arrived.type == "PersonErased":
            _drop_keys(connection, arrived, store, vault)


def _drop_keys(connection: Connection, arrived: Arrived, store: EventStore, vault: Vault) -> None:
    person_id = msgspec.json.decode(arrived.data, type=_Erased).person_id
    stream_id = f"erasure-{person_id}"

    def body(work: Work) -> None:
        if work.load(stream_id):
            return
        # Who was merged into this person is erased by an event of their own: merges of other streams may arrive late.
        contact_ids = tuple(contacts_identified_as(connection, arrived.agency_id, person_id))
        for subject in (person_id, *contact_ids):
            vault.destroy(connection, subject)
        dropped = PersonKeysDropped(person_id=person_id, service=SERVICE, contact_ids=contact_ids)
        work.append(stream_id, [dropped], 0)

    store.run_within(connection, _meta(arrived, person_id), body)


def _meta(arrived: Arrived, person_id: str) -> CommandMeta:
    """The command is known by the person, so that the same erasure, delivered again, does nothing."""
    return CommandMeta(
        agency_id=arrived.agency_id,
        actor=arrived.actor,
        command_key=f"erasure:{person_id}",
        command_hash=hashlib.sha256(person_id.encode()).digest(),
        correlation_id=arrived.correlation_id,
        causation_id=arrived.event_id,
        traceparent=arrived.traceparent,
    )
