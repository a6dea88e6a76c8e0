"""The envelope: CloudEvents 1.0, JSON, structured mode. Only the public `data` of an event ever goes in."""

from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Protocol

import msgspec

CONTENT_TYPE = "application/cloudevents+json"


class StoredRow(Protocol):
    """What the envelope needs of a row of the event table; `data` is the public JSON as it was stored."""

    @property
    def position(self) -> int: ...
    @property
    def stream_id(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def event_id(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def schema_version(self) -> int: ...
    @property
    def occurred_at(self) -> datetime: ...
    @property
    def recorded_at(self) -> datetime: ...
    @property
    def actor(self) -> str: ...
    @property
    def agency_id(self) -> str: ...
    @property
    def correlation_id(self) -> str: ...
    @property
    def causation_id(self) -> str | None: ...
    @property
    def traceparent(self) -> str | None: ...
    @property
    def command_key(self) -> str | None: ...
    @property
    def data(self) -> bytes: ...


class Arrived(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    gc=False,
    rename={
        "event_id": "id",
        "full_type": "type",
        "stream_id": "subject",
        "occurred_at": "time",
        "version": "streamversion",
        "recorded_at": "recordedat",
        "schema_version": "schemaversion",
        "agency_id": "agency",
        "correlation_id": "correlationid",
        "causation_id": "causationid",
        "command_key": "commandkey",
    },
):
    """An event of another service. `data` is raw JSON: decode it into a struct of just the fields you use.

    The attributes stand in the order in which a person reads them; extension names are lower-case letters and digits.
    """

    specversion: str
    event_id: str
    source: str
    full_type: str
    stream_id: str
    occurred_at: datetime
    datacontenttype: str
    version: int
    position: int
    recorded_at: datetime
    schema_version: int
    actor: str
    agency_id: str
    correlation_id: str
    causation_id: str | None = None
    traceparent: str | None = None
    # Of the first event of a command: by it a repeated request is known again, also by a store made anew of its topic.
    command_key: str | None = None
    data: msgspec.Raw

    @property
    def service(self) -> str:
        return _service(self.source)

    @property
    def type(self) -> str:
        return _type_name(self.full_type)


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """How far a service's event store reaches, as its relay says."""

    service: str
    position: int
    recorded_at: datetime


_SOURCE = "/caseledger/"
_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Arrived)


class _HeadEvent(msgspec.Struct, frozen=True, kw_only=True):
    specversion: str
    id: str
    source: str
    type: str
    datacontenttype: str
    data: Head


_head_decoder = msgspec.json.Decoder(_HeadEvent)


def encode(service: str, row: StoredRow) -> bytes:
    """Wrap a stored event; its `data` goes in byte by byte, never decoded and encoded again."""
    return _encoder.encode(
        Arrived(
            specversion="1.0",
            event_id=row.event_id,
            source=_SOURCE + service,
            full_type=f"caseledger.{service}.{row.type}.v{row.schema_version}",
            stream_id=row.stream_id,
            occurred_at=row.occurred_at,
            datacontenttype="application/json",
            version=row.version,
            position=row.position,
            recorded_at=row.recorded_at,
            schema_version=row.schema_version,
            actor=row.actor,
            agency_id=row.agency_id,
            correlation_id=row.correlation_id,
            causation_id=row.causation_id,
            traceparent=row.traceparent,
            command_key=row.command_key,
            data=msgspec.Raw(row.data),
        )
    )


def decode(value: bytes) -> Arrived:
    """Read an envelope; raises `msgspec.MsgspecError` when it is none of ours."""
    found = _decoder.decode(value)
    _service(found.source)
    _type_name(found.full_type)
    return found


def told(event: StoredRow | Arrived) -> dict[str, object]:
    """What a log line says of an event: where it stands, and which request it follows from."""
    return {
        "position": event.position,
        "type": event.type,
        "stream_id": event.stream_id,
        "correlation_id": event.correlation_id,
    }


def encode_head(head: Head) -> bytes:
    """Wrap the head of a service."""
    return _encoder.encode(
        _HeadEvent(
            specversion="1.0",
            id=f"{head.service}-{head.position}",
            source=_SOURCE + head.service,
            type="caseledger.head.v1",
            datacontenttype="application/json",
            data=head,
        )
    )


def decode_head(value: bytes) -> Head:
    """Read the head of a service; raises `msgspec.MsgspecError` when it is none of ours."""
    return _head_decoder.decode(value).data


def digest(event: StoredRow | Arrived) -> bytes:
    """The fingerprint of what an event says and where it stands; the same from the store and from the bus."""
    place = f"{event.event_id}\n{event.stream_id}\n{event.version}\n{event.type}\n{event.schema_version}\n"
    found = sha256(place.encode())
    found.update(event.data)
    return found.digest()


@lru_cache(maxsize=64)
def _service(source: str) -> str:
    if not source.startswith(_SOURCE):
        raise msgspec.ValidationError(f"`source` is {source!r}, not one of ours")
    return source.removeprefix(_SOURCE)


@lru_cache(maxsize=1024)
def _type_name(full: str) -> str:
    parts = full.split(".")
    if len(parts) != 4:
        raise msgspec.ValidationError(f"`type` is {full!r}, not caseledger.<service>.<Event>.v<n>")
    return parts[2]
