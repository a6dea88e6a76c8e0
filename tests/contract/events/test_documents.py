"""The documents that are made from the code say what the code does, and what was promised once stays promised."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator, FormatChecker

from docs.making import asyncapi
from docs.making.changes import BrokenContract, breaks_of, inlined
from docs.making.consumed import Readers
from docs.making.pages import pages
from docs.making.published import ROOT, Vocabulary, samples, vocabulary
from shared.bus.envelope import Head, encode, encode_head
from shared.events import Sealed, event
from shared.eventstore import EventRegistry
from shared.eventstore.recorded import RawEvent
from shared.settings import SERVICES, load_settings

NOBODY = Readers({})
MOMENT = datetime(2020, 2, 1, 9, 30, tzinfo=UTC)
ALLOWED = {
    "channels": {"address", "title", "messages", "bindings"},
    "operations": {"action", "channel", "summary", "messages"},
    "messages": {"name", "title", "summary", "traits", "payload"},
}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return yaml.safe_load((ROOT / asyncapi.PAGE).read_text(encoding="utf-8"))


def valid(document: dict[str, Any], schema: Any, value: Any) -> None:
    whole = inlined(schema, document["components"]["schemas"])
    Draft7Validator.check_schema(whole)
    Draft7Validator(whole, format_checker=FormatChecker()).validate(value)


def test_every_made_page_is_up_to_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASELEDGER_DATA", str(tmp_path / "data"))
    made = pages(load_settings())
    assert len(made) == 7
    stale = [str(path) for path, text in made.items() if (ROOT / path).read_text(encoding="utf-8") != text]
    assert stale == [], "Run `make docs`."


@pytest.mark.parametrize("service", SERVICES)
def test_every_sample_is_as_its_schema_says(document: dict[str, Any], service: str) -> None:
    found = dict(samples(service))
    assert found.keys() == document["channels"][service]["messages"].keys()
    for key, path in found.items():
        valid(document, document["components"]["schemas"][key], json.loads(path.read_text(encoding="utf-8")))


def test_nothing_sealed_stands_in_the_document(document: dict[str, Any]) -> None:
    sealed = 0
    for each in vocabulary().events:
        sealed += len(each.sealed)
        assert document["components"]["schemas"][each.key]["properties"].keys().isdisjoint(each.sealed)
    assert sealed > 20


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    found = list(references(document))
    assert len(found) > 400
    for reference in found:
        place: Any = document
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def test_the_document_has_the_parts_that_asyncapi_3_asks_for(document: dict[str, Any]) -> None:
    assert document["asyncapi"] == "3.0.0"
    assert document["info"].keys() >= {"title", "version"}
    components = document["components"]
    assert components.keys() == {"messages", "schemas", "messageTraits"}
    for name, parts in (
        ("channels", document["channels"]),
        ("operations", document["operations"]),
        ("messages", components["messages"]),
    ):
        for part in parts.values():
            assert part.keys() == ALLOWED[name]
    for operation in document["operations"].values():
        channel = operation["channel"]["$ref"]
        assert operation["action"] in ("send", "receive")
        assert operation["messages"]
        assert all(one["$ref"].startswith(f"{channel}/messages/") for one in operation["messages"])


def test_a_message_is_as_the_document_says(document: dict[str, Any]) -> None:
    for key, path in samples("groups"):
        _, name, version = key.split(".")
        row = RawEvent(
            position=1,
            stream_id="stream-1",
            version=1,
            event_id="event-1",
            type=name,
            schema_version=int(version.removeprefix("v")),
            occurred_at=MOMENT,
            recorded_at=MOMENT,
            actor="account-1",
            agency_id="agency-1",
            correlation_id="request-1",
            causation_id="event-0",
            traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            data=path.read_bytes(),
            command_key="account-1:key-1",
        )
        message = json.loads(encode("groups", row))
        valid(document, document["components"]["messages"][key]["payload"], message)
        assert message.keys() - {"data"} == document["components"]["schemas"]["CloudEvent"]["properties"].keys()
    head = json.loads(encode_head(Head(service="case", position=3, recorded_at=MOMENT)))
    valid(document, document["components"]["messages"]["Head"]["payload"], head)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    size: int


@event("ThingMade", subject="thing_id")
class ThingMade:
    """Somebody made a thing."""

    thing_id: str
    on: date
    parts: tuple[Part, ...]
    colour: str | None = None
    secret: Sealed[str | None] = None


def words(cls: type) -> Vocabulary:
    return vocabulary([EventRegistry("case", [cls])])


def published(cls: type, before: str | None = None) -> str:
    return asyncapi.page(words(cls), NOBODY, "1.0.0", before)


def changed(**fields: Any) -> type:
    """`ThingMade` with other fields, in the same version; a field that is None is gone."""
    kept = {"thing_id": str, "on": date, "parts": tuple[Part, ...], "colour": str | None} | fields
    content = {
        name: None for name, hint in kept.items() if hint is not None and type(None) in getattr(hint, "__args__", ())
    }
    hints = {name: hint for name, hint in kept.items() if hint is not None}
    cls = type("ThingMade", (), {"__annotations__": hints, "__doc__": "Somebody made a thing.", **content})
    return event("ThingMade")(cls)


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallPart:
    weight: int


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"colour": None}, "case.ThingMade.v1: colour is gone"),
        ({"on": None}, "case.ThingMade.v1: on is gone"),
        ({"on": str}, "case.ThingMade.v1: on is of another type"),
        ({"colour": int | None}, "case.ThingMade.v1: colour is of another type"),
        ({"thing_id": str | None}, "thing_id need not be there any longer"),
        ({"colour": str}, "colour must be there now"),
        ({"maker": str}, "maker must be there now"),
        ({"parts": tuple[SmallPart, ...]}, "parts.size is gone"),
        ({"parts": Part}, "parts is of another type"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_published_event_that_says_less_or_otherwise_needs_a_new_version(
    fields: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(BrokenContract, match=complaint.replace(".", r"\.")):
        published(changed(**fields), published(ThingMade))


def test_a_published_event_may_gain_an_optional_field() -> None:
    before = published(ThingMade)
    assert published(ThingMade, before) == before
    after = published(changed(maker=str | None), before)
    assert "maker" in yaml.safe_load(after)["components"]["schemas"]["case.ThingMade.v1"]["properties"]


def test_a_version_that_is_no_longer_written_stays_as_it_was() -> None:
    @event("ThingMade", version=2)
    class ThingMadeAnew:
        """Somebody made a thing, and says what of."""

        thing_id: str
        material: str

    after = published(ThingMadeAnew, published(ThingMade))
    document = yaml.safe_load(after)
    assert list(document["channels"]["case"]["messages"]) == ["case.ThingMade.v2", "case.ThingMade.v1"]
    earlier = document["components"]["schemas"]["case.ThingMade.v1"]
    assert earlier["properties"]["parts"]["items"]["properties"] == {"size": {"type": "integer"}}
    assert "Part" not in document["components"]["schemas"]
    assert published(ThingMadeAnew, after) == after


def test_words_may_change_freely() -> None:
    told = {"type": "object", "description": "One thing.", "properties": {"id": {"type": "string", "title": "Id"}}}
    anew = {"type": "object", "description": "A thing.", "properties": {"id": {"type": "string", "default": "x"}}}
    assert list(breaks_of(told, anew)) == []
