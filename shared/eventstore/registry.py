"""The event types one service writes, and how each is coded: JSON for what is public, JSON apart for what is sealed."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields
from typing import Annotated, Any, NamedTuple, get_args, get_origin, get_type_hints

import msgspec

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
"""Turns the fields of one version of an event (public and sealed together) into those of the next version."""


class UnknownEvent(LookupError):
    """The store holds an event of a type or version that this code does not know."""


class EventFields(NamedTuple):
    """The names of the fields of an event type: those that are published, and those that never leave the service."""

    public: tuple[str, ...]
    sealed: tuple[str, ...]


class EventRegistry:
    """Codes the events of one service; `upcasters` maps (type, version) to the step that leads to version + 1."""

    def __init__(
        self,
        service: str,
        events: Iterable[type],
        upcasters: Mapping[tuple[str, int], Upcaster] | None = None,
    ) -> None:
        self.service = service
        self._upcasters = dict(upcasters or {})
        self._codecs: dict[str, _Codec] = {}
        self._by_class: dict[type, _Codec] = {}
        for cls in events:
            codec = _Codec(cls)
            if codec.type in self._codecs:
                raise TypeError(f"Two events are both named {codec.type}.")
            self._codecs[codec.type] = self._by_class[cls] = codec

    @property
    def types(self) -> Mapping[str, type]:
        """The event classes by their stored names."""
        return {name: codec.cls for name, codec in self._codecs.items()}

    def fields_of(self, type_name: str) -> EventFields:
        """Return which fields of an event type are published, and which are sealed."""
        codec = self._codecs[type_name]
        return EventFields(codec.public, codec.sealed)

    def encode(self, event: Any) -> tuple[str, int, bytes, bytes | None]:
        """Return (type, version, public JSON, sealed JSON in clear or None when nothing is to be sealed)."""
        codec = self._by_class.get(type(event))
        if codec is None:
            raise UnknownEvent(f"{type(event).__name__} is not an event of {self.service}.")
        return codec.type, codec.version, *codec.encode(event)

    def subject_of(self, event: Any) -> str:
        """Return whose key seals the sealed fields of this event."""
        subject = getattr(event, self._by_class[type(event)].subject or "", None)
        if not isinstance(subject, str):
            raise TypeError(f"{type(event).__name__} has sealed fields and nobody whose key could seal them.")
        return subject

    def decode(self, type_name: str, version: int, data: bytes, sealed: bytes | None) -> Any:
        """Return the event as today's class, from its stored JSON; sealed fields are None when `sealed` is."""
        codec = self._codecs.get(type_name)
        if codec is None or version > codec.version:
            raise UnknownEvent(f"{type_name} version {version} is not known to {self.service}.")
        joined = _join(data, sealed)
        if version == codec.version:
            return codec.decoder.decode(joined)
        content: dict[str, Any] = msgspec.json.decode(joined)
        for step in range(version, codec.version):
            content = self._upcasters[type_name, step](content)
        return msgspec.convert(content, codec.cls)


class _Codec:
    """How one event class is written and read."""

    def __init__(self, cls: type) -> None:
        self.cls = cls
        self.type: str = getattr(cls, "__event_type__")  # noqa: B009 - set by the decorator, unknown to type checkers
        self.version: int = getattr(cls, "__event_version__")  # noqa: B009
        self.subject: str | None = getattr(cls, "__sealed_subject__")  # noqa: B009
        hints = get_type_hints(cls, include_extras=True)
        self.sealed = tuple(name for name, hint in hints.items() if _is_sealed(hint))
        self.public = tuple(field.name for field in fields(cls) if field.name not in self.sealed)
        self._check(hints)
        self.decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(cls)

    def _check(self, hints: Mapping[str, Any]) -> None:
        """Refuse a class that would publish what is meant to be sealed, or could not be read after an erasure."""
        if self.sealed and self.subject not in self.public:
            raise TypeError(f"{self.type}: `subject` must name the public field that says whose key seals.")
        for field in fields(self.cls):
            if field.name in self.sealed and (field.default is MISSING or field.default is not None):
                raise TypeError(f"{self.type}.{field.name}: a sealed field needs the default None.")
        for name in self.public:
            if _holds_sealed(hints[name], set()):
                raise TypeError(f"{self.type}.{name}: only a field of the event itself can be sealed.")

    def encode(self, event: Any) -> tuple[bytes, bytes | None]:
        if not self.sealed:
            return msgspec.json.encode(event), None
        hidden = {name: value for name in self.sealed if (value := getattr(event, name)) is not None}
        shown = {name: getattr(event, name) for name in self.public}
        return msgspec.json.encode(shown), msgspec.json.encode(hidden) if hidden else None


def _join(data: bytes, sealed: bytes | None) -> bytes:
    """Make one JSON object of two that share no field; both were written here, so they need not be parsed."""
    return data if sealed is None else data[:-1] + b"," + sealed[1:]


def _is_sealed(hint: Any) -> bool:
    return get_origin(hint) is Annotated and "sealed" in hint.__metadata__


def _holds_sealed(hint: Any, seen: set[Any]) -> bool:
    """Say whether a sealed field lies anywhere inside this type."""
    if _is_sealed(hint):
        return True
    if any(_holds_sealed(argument, seen) for argument in get_args(hint)):
        return True
    if not hasattr(hint, "__dataclass_fields__") or hint in seen:
        return False
    seen.add(hint)
    return any(_holds_sealed(inner, seen) for inner in get_type_hints(hint, include_extras=True).values())
