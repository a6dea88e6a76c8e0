"""How events are coded."""

from dataclasses import dataclass
from typing import Any

import pytest

from shared.events import Sealed, event
from shared.eventstore import EventRegistry, UnknownEvent


@event("NoteWritten", version=3, subject="person_id")
class NoteWritten:
    person_id: str
    tags: tuple[str, ...] = ()
    text: Sealed[str | None] = None
    phones: Sealed[tuple[str, ...] | None] = None


@event("NoteVoided")
class NoteVoided:
    reason: str


def rename_person(fields: dict[str, Any]) -> dict[str, Any]:
    return {"person_id": fields.pop("person"), **fields}


def split_labels(fields: dict[str, Any]) -> dict[str, Any]:
    return {**fields, "tags": fields["labels"].split()}


NOTES = EventRegistry(
    "notes", [NoteWritten, NoteVoided], {("NoteWritten", 1): rename_person, ("NoteWritten", 2): split_labels}
)


def test_public_and_sealed_fields_are_coded_apart_and_read_together() -> None:
    written = NoteWritten(person_id="person-1", tags=("a",), text='say "hi"', phones=("1", "2"))
    coded = NOTES.encode(written)
    assert coded == (
        "NoteWritten",
        3,
        b'{"person_id":"person-1","tags":["a"]}',
        b'{"text":"say \\"hi\\"","phones":["1","2"]}',
    )
    assert NOTES.decode(*coded) == written
    assert NOTES.subject_of(written) == "person-1"


def test_nothing_is_sealed_when_every_sealed_field_is_empty() -> None:
    assert NOTES.encode(NoteWritten(person_id="person-1"))[3] is None


def test_without_its_sealed_part_an_event_reads_with_empty_fields() -> None:
    coded = NOTES.encode(NoteWritten(person_id="person-1", text="x"))
    assert NOTES.decode(*coded[:3], None) == NoteWritten(person_id="person-1")


@pytest.mark.parametrize("sealed", [None, b'{"text":"x"}'])
def test_an_old_version_passes_through_every_step(sealed: bytes | None) -> None:
    stored = b'{"person":"person-1","labels":"a b"}'
    expected = NoteWritten(person_id="person-1", tags=("a", "b"), text="x" if sealed else None)
    assert NOTES.decode("NoteWritten", 1, stored, sealed) == expected


def test_fields_that_a_newer_writer_added_are_passed_over() -> None:
    assert NOTES.decode("NoteVoided", 1, b'{"reason":"error","later":1}', None) == NoteVoided(reason="error")


@pytest.mark.parametrize(("name", "version"), [("NoteLost", 1), ("NoteVoided", 2)])
def test_an_unknown_type_or_version_is_said_to_be_so(name: str, version: int) -> None:
    with pytest.raises(UnknownEvent, match=name):
        NOTES.decode(name, version, b"{}", None)


def test_an_event_of_another_service_is_refused() -> None:
    with pytest.raises(UnknownEvent):
        EventRegistry("other", [NoteVoided]).encode(NoteWritten(person_id="person-1"))


def test_two_events_of_one_name_are_refused() -> None:
    with pytest.raises(TypeError, match="NoteVoided"):
        EventRegistry("notes", [NoteVoided, NoteVoided])


def test_a_sealed_field_without_an_empty_default_is_refused() -> None:
    @event("Bad", subject="owner")
    class Bad:
        owner: str
        text: Sealed[str]

    with pytest.raises(TypeError, match="default None"):
        EventRegistry("notes", [Bad])


def test_sealed_fields_without_a_subject_are_refused() -> None:
    @event("Bad")
    class Bad:
        text: Sealed[str | None] = None

    with pytest.raises(TypeError, match="subject"):
        EventRegistry("notes", [Bad])


def test_a_sealed_field_deep_inside_is_refused_since_it_would_be_published() -> None:
    @event("Bad")
    class Bad:
        people: tuple[Inner, ...]

    with pytest.raises(TypeError, match=r"Bad\.people"):
        EventRegistry("notes", [Bad])


def test_sealed_content_needs_somebody_whose_key_seals_it() -> None:
    @event("Odd", subject="owner")
    class Odd:
        owner: str | None = None
        text: Sealed[str | None] = None

    with pytest.raises(TypeError, match="nobody"):
        EventRegistry("notes", [Odd]).subject_of(Odd(text="x"))


@dataclass(frozen=True)
class Inner:
    name: Sealed[str | None] = None
