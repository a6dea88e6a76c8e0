"""`docs/asyncapi.yaml`: the topics, the messages and their schemas, who sends and who receives (AsyncAPI 3).

A version that is no longer written stays in the document as it was, since its messages stay in the topic for ever.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from docs.making import changes
from docs.making.consumed import Readers
from docs.making.published import SCHEMAS, Published, Schema, Vocabulary
from shared.bus.envelope import CONTENT_TYPE
from shared.bus.port import HEADS, events_topic
from shared.settings import SERVICES

PAGE = Path("docs") / "asyncapi.yaml"
ENVELOPE, HEAD = "CloudEvent", "Head"
_MESSAGES = "#/components/messages/"
_NOTE = "# Made from the event types by `make docs`; see docs/events.md for the same to read.\n"
_DESCRIPTION = (
    "Every service of Caseledger publishes its events on a topic of its own, each as one CloudEvents 1.0 JSON document "
    "in structured mode. Messages with the same key (the stream) keep their order. They are never removed and may be "
    "delivered more than once: `source` and `position` tell a duplicate. A reader ignores fields it does not know: a "
    "version only ever gains optional ones. What is sealed (names, notes, aliases, free text) is never published."
)


def _text(description: str, **more: Any) -> Schema:
    return {"type": "string", "description": description, **more}


def _number(description: str) -> Schema:
    return {"type": "integer", "minimum": 1, "description": description}


_ATTRIBUTES: dict[str, Schema] = {
    "specversion": {"const": "1.0"},
    "id": _text("The id of the event, the same however often it is delivered."),
    "source": _text("The service that recorded it: /caseledger/<service>."),
    "type": _text("caseledger.<service>.<event>.v<version>"),
    "subject": _text("The stream: what the event tells of. Also the key of the message."),
    "time": _text("When it happened.", format="date-time"),
    "datacontenttype": {"const": "application/json"},
    "streamversion": _number("The place of the event in its stream, counted without a gap."),
    "position": _number("The place of the event in its service, counted without a gap in the order of recording."),
    "recordedat": _text("When it was recorded; never earlier than at the position before.", format="date-time"),
    "schemaversion": _number("The version in `type`, as a number."),
    "actor": _text("The account, or the service, that caused it."),
    "agency": _text("The agency whose event it is."),
    "correlationid": _text("The request that it all began with."),
    "causationid": _text("The id of the event that it answers."),
    "traceparent": _text("W3C trace context of the request."),
    "commandkey": _text("The key of the command, at the first of its events: repeated, it counts once."),
}
_SOMETIMES = ("causationid", "traceparent", "commandkey")
_HEAD: Schema = {
    "type": "object",
    "description": "How far the event store of a service reaches.",
    "properties": {
        "service": _text("The service."),
        "position": {"type": "integer", "minimum": 0, "description": "Its last position."},
        "recorded_at": _text("When that was recorded.", format="date-time"),
    },
    "required": ["service", "position", "recorded_at"],
}


class _Dumper(yaml.SafeDumper):
    """Writes everything out: anchors would save lines and nobody's time."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - PyYAML asks it of every value
        return True


def page(vocabulary: Vocabulary, readers: Readers, version: str, before: str | None) -> str:
    """The document as text. `before` is the one that stands there: what it promises must be kept."""
    made = document(vocabulary, readers, version)
    if before is not None:
        published: dict[str, Any] = yaml.safe_load(before)
        promised = {*published["components"]["messages"], ENVELOPE}
        changes.check(_schemas(published), _schemas(made), promised)
        _keep_earlier(published, made)
    text = yaml.dump(made, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)
    return _NOTE + text


def document(vocabulary: Vocabulary, readers: Readers, version: str) -> dict[str, Any]:
    """The AsyncAPI document of what is published today."""
    events = vocabulary.events
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Caseledger events",
            "version": version,
            "description": _DESCRIPTION,
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": CONTENT_TYPE,
        "channels": {service: _channel(service, events) for service in SERVICES} | {"heads": _heads_channel()},
        "operations": _operations(events, readers),
        "components": {
            "messages": {event.key: _message(event) for event in events} | {HEAD: _head_message()},
            "schemas": {
                ENVELOPE: _envelope(),
                HEAD: _HEAD,
                **{event.key: event.schema for event in events},
                **vocabulary.shapes,
            },
            "messageTraits": {"structured": _trait()},
        },
    }


def _channel(service: str, events: tuple[Published, ...]) -> dict[str, Any]:
    return {
        "address": events_topic(service),
        "title": f"Events of {service}",
        "messages": {event.key: _to(_MESSAGES, event.key) for event in events if event.service == service},
        "bindings": _topic(),
    }


def _heads_channel() -> dict[str, Any]:
    return {
        "address": HEADS,
        "title": "How far every event store reaches",
        "messages": {HEAD: _to(_MESSAGES, HEAD)},
        "bindings": _topic(),
    }


def _topic() -> dict[str, Any]:
    kept = {"cleanup.policy": ["delete"], "retention.ms": -1, "retention.bytes": -1}
    return {"kafka": {"topicConfiguration": kept, "bindingVersion": "0.5.0"}}


def _operations(events: tuple[Published, ...], readers: Readers) -> dict[str, Any]:
    operations: dict[str, Any] = {}
    for service in SERVICES:
        own = [event.key for event in events if event.service == service]
        operations[f"{service}.publishes"] = _operation("send", service, own, f"{service} publishes its events.")
    for reader in SERVICES:
        for source in SERVICES:
            read = [event.key for event in events if event.service == source and reader in readers.of(event)]
            if read:
                summary = f"{reader} reads {source} and passes over what is not named here."
                operations[f"{reader}.reads.{source}"] = _operation("receive", source, read, summary)
    operations["heads.published"] = _operation("send", "heads", [HEAD], "Every service says how far it has come.")
    operations["heads.read"] = _operation("receive", "heads", [HEAD], "Every service hears how far the others are.")
    return operations


def _operation(action: str, channel: str, messages: list[str], summary: str) -> dict[str, Any]:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "summary": summary,
        "messages": [_to(f"#/channels/{channel}/messages/", key) for key in messages],
    }


def _message(event: Published) -> dict[str, Any]:
    properties = {
        "type": {"const": f"caseledger.{event.key}"},
        "source": {"const": f"/caseledger/{event.service}"},
        "data": _to(SCHEMAS, event.key),
    }
    fixed = {"type": "object", "properties": properties, "required": ["data"]}
    return {
        "name": f"caseledger.{event.key}",
        "title": event.name,
        "summary": event.meaning,
        "traits": [_to("#/components/messageTraits/", "structured")],
        "payload": {"allOf": [_to(SCHEMAS, ENVELOPE), fixed]},
    }


def _head_message() -> dict[str, Any]:
    fixed = {name: _ATTRIBUTES[name] for name in ("specversion", "id", "source", "datacontenttype")}
    properties = {**fixed, "type": {"const": "caseledger.head.v1"}, "data": _to(SCHEMAS, HEAD)}
    return {
        "name": "caseledger.head.v1",
        "title": HEAD,
        "summary": "How far the event store of a service reaches; repeated while nothing happens.",
        "traits": [_to("#/components/messageTraits/", "structured")],
        "payload": {"type": "object", "properties": properties, "required": list(properties)},
    }


def _trait() -> dict[str, Any]:
    header = {"const": CONTENT_TYPE, "description": "CloudEvents in structured mode: the value holds everything."}
    return {
        "contentType": CONTENT_TYPE,
        "headers": {"type": "object", "properties": {"content-type": header}, "required": ["content-type"]},
        "bindings": {
            "kafka": {"key": _text("The stream, or for a head the service."), "bindingVersion": "0.5.0"},
        },
    }


def _envelope() -> Schema:
    return {
        "type": "object",
        "description": "The attributes that every event carries, whatever it says in `data`.",
        "properties": _ATTRIBUTES,
        "required": [name for name in _ATTRIBUTES if name not in _SOMETIMES],
    }


def _to(where: str, name: str) -> dict[str, str]:
    return {"$ref": where + name}


def _schemas(made: Mapping[str, Any]) -> dict[str, Schema]:
    schemas: dict[str, Schema] = made["components"]["schemas"]
    return schemas


def _keep_earlier(published: dict[str, Any], made: dict[str, Any]) -> None:
    """Carry over the events that are no longer written: with their schemas written out, since shapes may change."""
    for service in SERVICES:
        messages, schemas = published["components"]["messages"], _schemas(published)
        for key in published["channels"][service]["messages"]:
            if key not in made["components"]["messages"]:
                made["channels"][service]["messages"][key] = _to(_MESSAGES, key)
                made["components"]["messages"][key] = messages[key]
                _schemas(made)[key] = changes.inlined(schemas[key], schemas)
