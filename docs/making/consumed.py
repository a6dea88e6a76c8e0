"""Who reads which events, found by trying: an unreadable event is passed over by those whom it does not concern.

Every service is sent every event with its content spoiled. One that reads the event parks it, because it cannot; so
this tells what the code does, whatever anybody wrote down about it.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
from sqlalchemy import select

from docs.making.published import Published
from services.suite import Suite
from shared.bus import tables
from shared.bus.envelope import decode, encode
from shared.bus.port import Message
from shared.eventstore.recorded import RawEvent
from shared.service import Service

_SPOILT = b"0"
_SOME_DAY = datetime(2020, 2, 1, tzinfo=UTC)


class Readers:
    """Which services read which events."""

    def __init__(self, found: dict[tuple[str, str], tuple[str, ...]]) -> None:
        self._found = found

    def of(self, event: Published) -> tuple[str, ...]:
        """The services that read this event."""
        return self.found(event.service, event.name)

    def found(self, service: str, name: str) -> tuple[str, ...]:
        """The services that read an event of this name from that service."""
        return self._found.get((service, name), ())


def readers(suite: Suite, events: Sequence[Published]) -> Readers:
    """Try every event on every service of a new, empty suite, which is of no other use afterwards."""
    positions: dict[str, int] = {}
    for event in events:
        positions[event.service] = positions.get(event.service, 0) + 1
        suite.bus.publish(event.topic, [_spoilt(event, positions[event.service])])
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for service in suite.services.values():
        for place in _parked(service):
            found[place] = (*found.get(place, ()), service.name)
    return Readers(found)


def _spoilt(event: Published, position: int) -> Message:
    stream_id = f"{event.name}-1"
    row = RawEvent(
        position=position,
        stream_id=stream_id,
        version=1,
        event_id=f"{event.service}-{position}",
        type=event.name,
        schema_version=event.version,
        occurred_at=_SOME_DAY,
        recorded_at=_SOME_DAY,
        actor="account-1",
        agency_id="agency-1",
        correlation_id="request-1",
        causation_id=None,
        traceparent=None,
        data=_SPOILT,
    )
    return Message(stream_id, encode(event.service, row))


def _parked(service: Service) -> list[tuple[str, str]]:
    """Let a service take in what there is; return the service and type of what it could not read."""
    while service.intake.run_once():
        pass
    service.intake.close()
    with service.database.read() as connection:
        values = connection.scalars(select(tables.parked.c.value).order_by(tables.parked.c.parked_id)).all()
    events = [decode(value) for value in values]
    assert all(msgspec.json.decode(event.data) == 0 for event in events), "Something else was parked."
    return [(event.service, event.type) for event in events]
