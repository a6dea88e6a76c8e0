"""The events that the services publish, as they declare them: what each says, its public fields, what stays sealed."""

import inspect
from collections.abc import Iterator, Sequence
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any, get_type_hints

import msgspec
from msgspec import inspect as inspection

from services.suite import MODULES
from shared.bus.port import events_topic
from shared.eventstore import EventRegistry

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "tests" / "contract" / "events"
SCHEMAS = "#/components/schemas/"
"""Where a schema refers to another one, in the AsyncAPI document."""

Schema = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One event type of one service, in the version that it writes today."""

    service: str
    name: str
    version: int
    meaning: str
    sealed: tuple[str, ...]
    cls: type
    schema: Schema

    @property
    def key(self) -> str:
        """The name of its schema and of its message in the AsyncAPI document."""
        return f"{self.service}.{self.name}.v{self.version}"

    @property
    def topic(self) -> str:
        return events_topic(self.service)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All published events, and the shapes that stand inside several of them."""

    events: tuple[Published, ...]
    shapes: dict[str, Schema]


def vocabulary(registries: Sequence[EventRegistry] | None = None) -> Vocabulary:
    """What these services publish; all four unless some are named."""
    if registries is None:
        registries = [EventRegistry(module.NAME, module.EVENTS) for module in MODULES]
    declared = [(registry, name, cls) for registry in registries for name, cls in registry.types.items()]
    shown = [_shown(registry, name, cls) for registry, name, cls in declared]
    _, shapes = msgspec.json.schema_components(shown, ref_template=SCHEMAS + "{name}")
    for name, field in _moments(shown):
        _as_moment(shapes[name]["properties"][field])
    for schema in shapes.values():
        _tidy(schema)
    events = tuple(
        Published(
            service=registry.service,
            name=name,
            version=cls.__event_version__,  # type: ignore[attr-defined]
            meaning=meaning_of(cls),
            sealed=registry.fields_of(name).sealed,
            cls=cls,
            schema=shapes.pop(shape.__name__),
        )
        for (registry, name, cls), shape in zip(declared, shown, strict=True)
    )
    return Vocabulary(events, dict(sorted(shapes.items())))


def meaning_of(thing: Any) -> str:
    """Its docstring in one line; a dataclass without one has its signature there, which says nothing."""
    text = " ".join((inspect.getdoc(thing) or "").split())
    return "" if text.startswith(f"{getattr(thing, '__name__', '')}(") else text


def samples(service: str) -> Iterator[tuple[str, Path]]:
    """The golden samples of a service: for each version of an event type, one."""
    for path in sorted((SAMPLES / service).glob("*.json")):
        yield f"{service}.{path.stem}", path


def _shown(registry: EventRegistry, name: str, cls: type) -> type:
    """The event without its sealed fields, as a type of its own that a schema can be made of."""
    hints, defaults = get_type_hints(cls), {field.name: field.default for field in fields(cls)}
    if not meaning_of(cls):
        raise LookupError(f"{name} of {registry.service} says nowhere what it is: its class has no docstring.")
    public = [
        (field, hints[field]) if defaults[field] is MISSING else (field, hints[field], defaults[field])
        for field in registry.fields_of(name).public
    ]
    key = f"{registry.service}.{name}.v{cls.__event_version__}"  # type: ignore[attr-defined]
    return msgspec.defstruct(key, public, kw_only=True, namespace={"__doc__": meaning_of(cls)})


def _moments(types: Sequence[type]) -> Iterator[tuple[str, str]]:
    """Which fields of which shapes are moments: msgspec takes them without a zone too, so it calls them mere text."""
    found = list(inspection.multi_type_info(types))
    while found:
        one = found.pop()
        if isinstance(one, inspection.StructType | inspection.DataclassType):
            for field in one.fields:
                options = field.type.types if isinstance(field.type, inspection.UnionType) else (field.type,)
                if any(isinstance(option, inspection.DateTimeType) for option in options):
                    yield one.cls.__name__, field.encode_name
                found += options
        elif isinstance(one, inspection.VarTupleType | inspection.ListType):
            found.append(one.item_type)


def _as_moment(schema: Schema) -> None:
    for option in schema.get("anyOf", [schema]):
        if option.get("type") == "string":
            option["format"] = "date-time"


def _tidy(schema: Schema) -> None:
    """Descriptions in one line, as people read them."""
    if "description" in schema:
        schema["description"] = " ".join(schema["description"].split())
