"""What this service reads of erasures: which service has dropped its keys; when all have, the erasure is complete."""

from collections.abc import Callable, Sequence
from functools import partial

import msgspec
from sqlalchemy import Connection, insert, select

from services.case.people.domain import INITIAL, CompleteErasure, decide, evolve
from services.case.tables import erasure_answer
from shared.bus.envelope import Arrived
from shared.eventstore import CommandMeta, EventStore, Work

ACTOR = "case"


class _KeysDropped(msgspec.Struct, frozen=True):
    person_id: str


def learner(store: EventStore) -> Callable[[Connection, Sequence[Arrived]], None]:
    """What to do with arrived events: keep who has answered, and complete an erasure in the same transaction."""

    def learn(connection: Connection, events: Sequence[Arrived]) -> None:
        for arrived in events:
            if arrived.type == "PersonKeysDropped":
                _keep_answer(connection, store, arrived)

    return learn


def _keep_answer(connection: Connection, store: EventStore, arrived: Arrived) -> None:
    person_id = msgspec.json.decode(arrived.data, type=_KeysDropped).person_id
    answered = select(erasure_answer.c.service).where(erasure_answer.c.person_id == person_id)
    services = set(connection.scalars(answered))
    if arrived.service in services:
        return
    connection.execute(insert(erasure_answer), {"person_id": person_id, "service": arrived.service})
    meta = CommandMeta(
        agency_id=arrived.agency_id,
        actor=ACTOR,
        command_key=f"erasure-completed:{person_id}:{arrived.service}",
        command_hash=b"",
        correlation_id=arrived.correlation_id,
        causation_id=arrived.event_id,
    )
    command = CompleteErasure(answered=frozenset(services | {arrived.service}))
    store.run_within(connection, meta, partial(_complete, person_id, command))


def _complete(person_id: str, command: CompleteErasure, work: Work) -> None:
    person, version = work.fold(person_id, INITIAL, evolve)
    if person.exists:
        work.append(person_id, decide(command, person), version)
