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


def learn(connection: Connection, events: Sequence[Arrived]) -> None:
    """Keep who has answered."""
    for arrived in events:
        if arrived.type == "PersonKeysDropped":
            _keep(connection, arrived)


def learner(store: EventStore) -> Callable[[Connection, Sequence[Arrived]], None]:
    """What to do with arrived events: keep who has answered, and complete an erasure in the same transaction."""

    def take_in(connection: Connection, events: Sequence[Arrived]) -> None:
        for arrived in events:
            if arrived.type == "PersonKeysDropped" and (answered := _keep(connection, arrived)):
                _complete_with(connection, store, arrived, answered)

    return take_in


def _keep(connection: Connection, arrived: Arrived) -> frozenset[str]:
    """Keep an answer; return all who have answered so far, nobody when this one had answered before."""
    person_id = msgspec.json.decode(arrived.data, type=_KeysDropped).person_id
    found = select(erasure_answer.c.service).where(erasure_answer.c.person_id == person_id)
    answered = frozenset(connection.scalars(found))
    if arrived.service in answered:
        return frozenset()
    connection.execute(insert(erasure_answer), {"person_id": person_id, "service": arrived.service})
    return answered | {arrived.service}


def _complete_with(connection: Connection, store: EventStore, arrived: Arrived, answered: frozenset[str]) -> None:
    person_id = msgspec.json.decode(arrived.data, type=_KeysDropped).person_id
    meta = CommandMeta(
        agency_id=arrived.agency_id,
        actor=ACTOR,
        command_key=f"erasure-completed:{person_id}:{arrived.service}",
        command_hash=b"",
        correlation_id=arrived.correlation_id,
        causation_id=arrived.event_id,
        traceparent=arrived.traceparent,
    )
    store.run_within(connection, meta, partial(_complete, person_id, CompleteErasure(answered=answered)))


def _complete(person_id: str, command: CompleteErasure, work: Work) -> None:
    person, version = work.fold(person_id, INITIAL, evolve)
    if person.exists:
        work.append(person_id, decide(command, person), version)
