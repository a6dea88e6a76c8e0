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


class Arrived(msgspec.Struct, frozen=True, kw_only=True):
    """An event of another service. `data` is raw JSON: decode it into a struct of just the fields you use."""

    service: str
    position: int
    event_id: str
    type: str
    schema_version: int
    stream_id: str
    version: int
    agency_id: str
    actor: str
    occurred_at: datetime
    recorded_at: datetime
    correlation_id: str
    causation_id: str | None = None
    traceparent: str | None = None
    command_key: str | None = None
    data: bytes


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """How far a service's event store reaches, as its relay says."""

    service: str
    position: int
    recorded_at: datetime


class _CloudEvent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The attributes in the order in which a person reads them; extension names are lower-case letters and digits."""

    specversion: str
    id: str
    source: str
    type: str
    subject: str
    time: datetime
    datacontenttype: str
    streamversion: int
    position: int
    recordedat: datetime
    schemaversion: int
    actor: str
    agency: str
    correlationid: str
    causationid: str | None = None
    traceparent: str | None = None
    # Of the first event of a command: by it a repeated request is known again, also by a store made anew of its topic.
    commandkey: str | None = None
    data: msgspec.Raw


_SOURCE = "/caseledger/"
_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(_CloudEvent)


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
        _CloudEvent(
            specversion="1.0",
            id=row.event_id,
            source=_SOURCE + service,
            type=f"caseledger.{service}.{row.type}.v{row.schema_version}",
            subject=row.stream_id,
            time=row.occurred_at,
            datacontenttype="application/json",
            streamversion=row.version,
            position=row.position,
            recordedat=row.recorded_at,
            schemaversion=row.schema_version,
            actor=row.actor,
            agency=row.agency_id,
            correlationid=row.correlation_id,
            causationid=row.causation_id,
            traceparent=row.traceparent,
            commandkey=row.command_key,
            data=msgspec.Raw(row.data),
        )
    )


def decode(value: bytes) -> Arrived:
    """Read an envelope; raises `msgspec.MsgspecError` when it is none of ours."""
    found = _decoder.decode(value)
    return Arrived(
        service=_service(found.source),
        position=found.position,
        event_id=found.id,
        type=_type_name(found.type),
        schema_version=found.schemaversion,
        stream_id=found.subject,
        version=found.streamversion,
        agency_id=found.agency,
        actor=found.actor,
        occurred_at=found.time,
        recorded_at=found.recordedat,
        correlation_id=found.correlationid,
        causation_id=found.causationid,
        traceparent=found.traceparent,
        command_key=found.commandkey,
        data=bytes(found.data),
    )


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
    return sha256(place.encode() + event.data).digest()


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
