"""Whatever the log holds and however often intakes die, each event is learnt once and the watermarks are right."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.bus.embedded import EmbeddedBus
from shared.bus.port import HEADS, Message, events_topic
from shared.database import Database
from shared.testing.listening import Listener, listening, message, raw_event

SERVICES = ("case", "groups")


@dataclass(frozen=True)
class Event:
    service: str
    position: int
    stream: int
    version: int

    @property
    def id(self) -> str:
        return f"{self.service}-{self.position}"

    def message(self) -> Message:
        event = raw_event(self.position, f"thing-{self.stream}", self.version, event_id=self.id)
        return message(self.service, event)


@dataclass(frozen=True)
class Publish:
    events: tuple[Event, ...]


@dataclass(frozen=True)
class Disturb:
    how: str


class PowerCut(BaseException):
    pass


def history_of(service: str, streams: list[int]) -> list[Event]:
    versions: dict[int, int] = defaultdict(int)
    events = []
    for position, stream in enumerate(streams, start=1):
        versions[stream] += 1
        events.append(Event(service, position, stream, versions[stream]))
    return events


@st.composite
def scripts(draw: st.DrawFn) -> list[Publish | Disturb]:
    """Two histories, mixed with each other in any way that keeps the streams in order, with repetitions anywhere."""
    histories = [history_of(name, draw(st.lists(st.integers(0, 4), max_size=15))) for name in SERVICES]
    waiting = {(e.service, e.stream): [o for o in h if o.stream == e.stream] for h in histories for e in h}
    script: list[Publish | Disturb] = []
    published: list[Event] = []
    while waiting:
        batch = []
        for _ in range(draw(st.integers(1, 6))):
            if not waiting:
                break
            stream = draw(st.sampled_from(sorted(waiting)))
            batch.append(waiting[stream].pop(0))
            if not waiting[stream]:
                del waiting[stream]
            if published and draw(st.booleans()):
                batch.append(draw(st.sampled_from(published)))
            published.append(batch[-1])
        script.append(Publish(tuple(batch)))
        script.append(Disturb(draw(st.sampled_from(["nothing", "restart", "power cut", "replay"]))))
    return script


@contextmanager
def setting() -> Iterator[tuple[EmbeddedBus, Database]]:
    with TemporaryDirectory() as directory, closing(EmbeddedBus(Path(directory) / "bus.db")) as bus:
        bus.ensure_topics([HEADS, *map(events_topic, SERVICES)], 3)
        database = Database(f"sqlite:///{directory}/listener.db")
        yield bus, database
        database.dispose()


def end_of_run(positions: set[int]) -> int:
    mark = 0
    while mark + 1 in positions:
        mark += 1
    return mark


def cut_power(listener: Listener) -> None:
    def die(_: object) -> None:
        raise PowerCut

    listener.after_learning = die
    try:
        listener.settle()
    except PowerCut:
        listener.after_learning = lambda _: None


def check(listener: Listener, delivered: set[Event]) -> None:
    learnt = listener.learnt()
    assert sorted(learnt) == sorted((event.service, event.id) for event in delivered)
    assert listener.arrived() == sorted((event.service, event.position) for event in delivered)
    marks = {event.service: 0 for event in delivered}
    for service in marks:
        marks[service] = end_of_run({event.position for event in delivered if event.service == service})
    assert listener.watermarks() == marks
    place = {event.id: event for event in delivered}
    by_stream: dict[tuple[str, int], list[int]] = defaultdict(list)
    for _, event_id in learnt:
        by_stream[place[event_id].service, place[event_id].stream].append(place[event_id].version)
    assert all(versions == sorted(versions) for versions in by_stream.values())


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(script=scripts())
def test_any_interleaving_repetition_and_crash_gives_the_same_arrivals_marks_and_knowledge(
    script: list[Publish | Disturb],
) -> None:
    with setting() as (bus, database):
        delivered: set[Event] = set()
        listener = Listener(database, bus, SERVICES)
        for step in script:
            match step:
                case Publish(events):
                    for event in events:
                        bus.publish(events_topic(event.service), [event.message()])
                    delivered |= set(events)
                    continue
                case Disturb("power cut"):
                    cut_power(listener)
                case Disturb("restart"):
                    listener.intake.close()
                    listener = Listener(database, bus, SERVICES)
                case Disturb("replay"):
                    listener.intake.close()
                    listener.forget_offsets()
                    listener = Listener(database, bus, SERVICES)
                case _:
                    pass
            listener.settle()
            check(listener, delivered)
        listener.intake.close()


def test_the_knowledge_is_the_same_in_whatever_pieces_it_came() -> None:
    events = history_of("case", [0, 1, 2, 0, 1, 2, 3, 0])
    for size in (1, 3, 8):
        with setting() as (bus, database), listening(database, bus, ["case"]) as listener:
            for start in range(0, len(events), size):
                bus.publish(events_topic("case"), [event.message() for event in events[start : start + size]])
                listener.intake.run_once()
            listener.settle()
            check(listener, set(events))
