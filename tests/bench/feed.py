"""Events by the million: what the three recording services would publish, with no store in between."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import count, islice

from shared.bus.envelope import encode
from shared.bus.port import Bus, Message, events_topic
from shared.clock import local_date
from shared.eventstore import EventRegistry, RawEvent
from shared.ids import new_id
from shared.serviceunit.events import EVENTS, ServiceUnitCorrected, ServiceUnitRecorded
from shared.serviceunit.unit import ServiceUnit
from tests.bench.figures import units_of

AT_ONCE = 2_000
_registry = EventRegistry("bench", EVENTS)


class Feed:
    """Publishes contract after contract of the demo's size, ten an agency, in each service one event a minute."""

    def __init__(self, bus: Bus, begin: datetime) -> None:
        self._bus, self._begin = bus, begin
        self._heads: Counter[str] = Counter()
        self._first = units_of("contract-0")
        self._recorded = self._all_recorded()

    @property
    def day_in_the_middle(self) -> date:
        """The day on which half of the sessions had been recorded."""
        return local_date(self._recorded_at(self._heads["case"] // 2))

    def publish(self, events: int) -> int:
        """Publish so many more recorded sessions, meetings and visits; say how many."""
        return self._send(islice(self._recorded, events))

    def correct(self) -> int:
        """Publish a correction of everything under the first contract; say how many those are."""
        return self._send(
            self._message(service, "agency-0", 2, _corrected(unit))
            for service, units in self._first.items()
            for unit in units
        )

    def _all_recorded(self) -> Iterator[tuple[str, Message]]:
        for number in count():
            of_contract = units_of(f"contract-{number}") if number else self._first
            for service, units in of_contract.items():
                for unit in units:
                    recorded = ServiceUnitRecorded(unit=unit, note_subject=unit.unit_id)
                    yield self._message(service, f"agency-{number // 10}", 1, recorded)

    def _send(self, messages: Iterator[tuple[str, Message]]) -> int:
        sent = 0
        while portion := list(islice(messages, AT_ONCE)):
            by_service: dict[str, list[Message]] = defaultdict(list)
            for service, message in portion:
                by_service[service].append(message)
            for service, own in by_service.items():
                self._bus.publish(events_topic(service), own)
            sent += len(portion)
        return sent

    def _message(
        self, service: str, agency_id: str, version: int, event: ServiceUnitRecorded | ServiceUnitCorrected
    ) -> tuple[str, Message]:
        self._heads[service] += 1
        recorded_at = self._recorded_at(self._heads[service])
        type_name, schema_version, data, _ = _registry.encode(event)
        row = RawEvent(
            position=self._heads[service],
            stream_id=event.unit.unit_id,
            version=version,
            event_id=new_id("event"),
            type=type_name,
            schema_version=schema_version,
            occurred_at=recorded_at,
            recorded_at=recorded_at,
            actor="account-bench",
            agency_id=agency_id,
            correlation_id="bench",
            causation_id=None,
            traceparent=None,
            data=data,
        )
        return service, Message(row.stream_id, encode(service, row))

    def _recorded_at(self, position: int) -> datetime:
        return self._begin + timedelta(minutes=position)


def _corrected(unit: ServiceUnit) -> ServiceUnitCorrected:
    return ServiceUnitCorrected(unit=unit, reason="typing_error", note_subject=unit.unit_id)
