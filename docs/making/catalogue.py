"""`docs/events.md`: every published event to read: what it says, its fields, what is sealed, who reads it."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from docs.making.consumed import Readers
from docs.making.published import SAMPLES, SCHEMAS, Published, Schema, Vocabulary, samples
from docs.making.tables import code, table
from services.suite import MODULES
from shared.bus.port import events_topic
from shared.settings import SERVICES

PAGE = Path("docs") / "events.md"
_INTRODUCTION = """# Events

What the services publish, made from the event types by `make docs`; [asyncapi.yaml](asyncapi.yaml) says the same to
programs. Each service has a topic of its own, each message is one CloudEvents 1.0 document (structured mode), its key
the stream that the event tells of. The fields below stand in `data`. A field with an `else` may be absent and then
means that; readers ignore those they do not know. What is sealed never leaves the service. Who reads an event was found
by trying, not by asking.

How an event is changed stands in the [README](../README.md#how-to-change-an-event).
"""
_FORMATS = {"date": "date", "date-time": "date and time"}
_WORDS = {"string": "text", "integer": "whole number", "boolean": "yes or no", "null": "nothing", "object": "object"}


def page(vocabulary: Vocabulary, readers: Readers) -> str:
    """The catalogue as text."""
    chapters = [
        "".join(_chapter(title, group, readers)) for title, group in groupby(_ordered(vocabulary.events), _place)
    ]
    shapes = "".join(_shape(name, schema) for name, schema in vocabulary.shapes.items())
    return "\n".join([_INTRODUCTION, *chapters, f"## Shapes\n\nWhat stands inside several events.\n\n{shapes}"])


def _place(event: Published) -> str:
    """The chapter of an event: its service, or one of its own when several services publish the very same class."""
    owners = [module.NAME for module in MODULES if event.cls in module.EVENTS]
    return " · ".join(owners)


def _ordered(events: Iterable[Published]) -> list[Published]:
    """Chapters of one service first, in the order of the services, then what several publish."""
    return sorted(events, key=lambda event: ("·" in _place(event), SERVICES.index(_place(event).split(" · ")[0])))


def _chapter(title: str, events: Iterable[Published], readers: Readers) -> Iterator[str]:
    services = title.split(" · ")
    yield f"## {title}\n\n"
    yield f"Topic{'s' if len(services) > 1 else ''}: {code(map(events_topic, services))}.\n\n"
    seen: set[type] = set()
    for event in events:
        if event.cls not in seen:
            seen.add(event.cls)
            yield from _event(event, services, readers)


def _event(event: Published, services: list[str], readers: Readers) -> Iterator[str]:
    yield f"### {heading(event)}\n\n{event.meaning}\n\n"
    yield f"Version {event.version}{_earlier(event)}. {_readers_of(event, services, readers)} "
    yield f"Sample: {_samples(event, services)}.\n\n"
    yield _fields(event.schema)
    if event.sealed:
        yield f"\nSealed, never published: {code(event.sealed)}.\n"
    yield "\n"


def heading(event: Published) -> str:
    """What stands above an event; of several services that publish the very same one, none is named."""
    return event.name if "·" in _place(event) else f"{event.service}.{event.name}"


def anchor(event: Published) -> str:
    """How a link leads to it."""
    return heading(event).replace(".", "").lower()


def _readers_of(event: Published, services: list[str], readers: Readers) -> str:
    found = dict.fromkeys(reader for service in services for reader in readers.found(service, event.name))
    return f"Read by {', '.join(found)}." if found else "No other service reads it."


def _earlier(event: Published) -> str:
    names = (key.rpartition(".v") for key, _ in samples(event.service))
    older = [version for name, _, version in names if name == f"{event.service}.{event.name}"]
    older.remove(str(event.version))
    return f" (earlier: {', '.join(older)})" if older else ""


def _samples(event: Published, services: list[str]) -> str:
    place = f"../{SAMPLES.relative_to(SAMPLES.parents[2]).as_posix()}"
    return ", ".join(f"[{service}]({place}/{service}/{event.name}.v{event.version}.json)" for service in services)


def _shape(name: str, schema: Schema) -> str:
    return f"### {name}\n\n{schema.get('description', '')}\n\n{_fields(schema)}\n"


def _fields(schema: Schema) -> str:
    required = schema.get("required", ())
    rows = [
        (f"`{name}`", words(field) + ("" if name in required else f", else {_shown(field.get('default'))}"))
        for name, field in schema["properties"].items()
    ]
    return table(("field", "what it is"), rows)


def words(schema: Schema) -> str:
    """A type as people say it."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(SCHEMAS)
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        return " or ".join(map(words, schema["anyOf"]))
    if schema.get("type") == "array":
        return f"list of {words(schema['items'])}"
    if schema.get("type") == "object" and "additionalProperties" in schema:
        return f"{words(schema['additionalProperties'])} by name"
    return _FORMATS.get(schema.get("format", "")) or _WORDS[schema["type"]]


def _shown(default: object) -> str:
    if default is None:
        return "nothing"
    if isinstance(default, bool):
        return "yes" if default else "no"
    return f"`{default}`" if default else "none"
