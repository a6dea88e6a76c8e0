"""Answers an erasure. The ledger stays as it is: a random id without a key says nothing, and all counts stay right."""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from services.reporting.erasures.events import PersonKeysDropped
from services.reporting.ledger.published import PersonErased, read
from shared.bus.envelope import Arrived
from shared.eventstore import CommandMeta, EventStore, Work


def learner(store: EventStore) -> Callable[[Connection, Sequence[Arrived]], None]:
    """What to do with arriving events: an erased person gets one answer, however often the fact arrives."""

    def learn(connection: Connection, events: Sequence[Arrived]) -> None:
        for arrived in events:
            if arrived.service == "case" and arrived.type == "PersonErased":
                _answer(store, connection, arrived)

    return learn


def _answer(store: EventStore, connection: Connection, arrived: Arrived) -> None:
    person_id = read(arrived, PersonErased).person_id
    stream_id = f"erasure-{person_id}"
    meta = CommandMeta(
        agency_id=arrived.agency_id,
        actor="system",
        command_key=f"erasure:{person_id}",
        command_hash=b"",
        correlation_id=arrived.correlation_id,
        causation_id=arrived.event_id,
        traceparent=arrived.traceparent,
    )

    def body(work: Work) -> None:
        if not work.load(stream_id):
            work.append(stream_id, [PersonKeysDropped(person_id=person_id, service="reporting")], 0)

    store.run_within(connection, meta, body)
