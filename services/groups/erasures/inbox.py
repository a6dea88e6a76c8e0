"""What this service does when case says that a person was erased."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

from services.groups.erasures.handlers import drop_keys
from shared.bus.envelope import Arrived
from shared.eventstore import CommandMeta, EventStore
from shared.privacy.vault import Vault


class _Erased(msgspec.Struct, frozen=True):
    person_id: str


def answer(connection: Connection, events: Sequence[Arrived], store: EventStore, vault: Vault) -> None:
    """Answer every erasure in the transaction that takes it in."""
    for arrived in events:
        if arrived.service == "case" and arrived.type == "PersonErased":
            _answer(connection, arrived, store, vault)


def _answer(connection: Connection, arrived: Arrived, store: EventStore, vault: Vault) -> None:
    person_id = msgspec.json.decode(arrived.data, type=_Erased).person_id
    meta = CommandMeta(
        agency_id=arrived.agency_id,
        actor=arrived.actor,
        command_key=f"erasure:{arrived.event_id}",
        command_hash=b"",
        correlation_id=arrived.correlation_id,
        causation_id=arrived.event_id,
        traceparent=arrived.traceparent,
    )
    store.run_within(connection, meta, lambda work: drop_keys(store, vault, meta, work, person_id))
