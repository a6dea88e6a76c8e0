"""The envelope: what goes in comes out, `data` byte by byte, and what is none of ours is refused."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.bus.envelope import Head, decode, decode_head, digest, encode, encode_head
from shared.eventstore.recorded import RawEvent

EVENT = RawEvent(
    position=7,
    stream_id="person-1",
    version=3,
    event_id="0190c0de",
    type="PersonRegistered",
    schema_version=2,
    occurred_at=datetime(2020, 2, 1, 9, 30, tzinfo=UTC),
    recorded_at=datetime(2020, 2, 3, 1, 2, 3, 456789, tzinfo=UTC),
    actor="account-4",
    agency_id="agency-1",
    correlation_id="request-9",
    causation_id=None,
    traceparent=None,
    data=b'{"gender": "f" }',
    command_key="account-4:key-1",
)
moments = st.integers(0, 2**50).map(lambda micros: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros))
events = st.builds(
    RawEvent,
    position=st.integers(1, 2**62),
    stream_id=st.text(min_size=1),
    version=st.integers(1, 2**31),
    event_id=st.text(min_size=1),
    type=st.from_regex(r"[A-Z][A-Za-z]+", fullmatch=True),
    schema_version=st.integers(1, 99),
    occurred_at=moments,
    recorded_at=moments,
    actor=st.text(),
    agency_id=st.text(),
    correlation_id=st.text(),
    causation_id=st.none() | st.text(),
    traceparent=st.none() | st.text(),
    command_key=st.none() | st.text(),
    data=st.dictionaries(st.text(), st.none() | st.text() | st.integers()).map(lambda data: json.dumps(data).encode()),
)


def test_an_envelope_is_a_cloud_event_in_structured_mode() -> None:
    assert json.loads(encode("case", EVENT)) == {
        "specversion": "1.0",
        "id": "0190c0de",
        "source": "/caseledger/case",
        "type": "caseledger.case.PersonRegistered.v2",
        "subject": "person-1",
        "time": "2020-02-01T09:30:00Z",
        "datacontenttype": "application/json",
        "streamversion": 3,
        "position": 7,
        "recordedat": "2020-02-03T01:02:03.456789Z",
        "schemaversion": 2,
        "actor": "account-4",
        "agency": "agency-1",
        "correlationid": "request-9",
        "commandkey": "account-4:key-1",
        "data": {"gender": "f"},
    }


def test_names_of_attributes_are_lower_case_letters_and_digits() -> None:
    everything = msgspec.structs.replace(decode(encode("case", EVENT)), causation_id="event-1", traceparent="00-1")
    assert all(name.isalnum() and name.islower() for name in json.loads(encode("case", everything)))


@given(event=events)
def test_what_is_wrapped_is_unwrapped_the_same(event: RawEvent) -> None:
    found = decode(encode("outreach", event))
    assert found.service == "outreach"
    assert bytes(found.data) == event.data
    for name in set(RawEvent.__slots__) - {"data"}:
        assert getattr(found, name) == getattr(event, name)


@given(event=events)
def test_the_digest_is_the_same_from_the_store_and_from_the_bus(event: RawEvent) -> None:
    assert digest(decode(encode("groups", event))) == digest(event)


@pytest.mark.parametrize(
    "change",
    [
        {"event_id": "another"},
        {"stream_id": "another"},
        {"full_type": "caseledger.case.Another.v2"},
        {"data": msgspec.Raw(b"{}")},
    ],
    ids=lambda change: next(iter(change)),
)
def test_the_digest_tells_events_apart(change: dict[str, Any]) -> None:
    arrived = decode(encode("case", EVENT))
    assert digest(msgspec.structs.replace(arrived, **change)) != digest(arrived)


@pytest.mark.parametrize(
    "spoilt",
    [
        b"",
        b"not json",
        b"\xff\xfe",
        encode("case", EVENT).replace(b'"position":7', b'"position":"seven"'),
        encode("case", EVENT).replace(b'"subject"', b'"object"'),
        encode("case", EVENT).replace(b"/caseledger/case", b"/elsewhere"),
        encode("case", EVENT).replace(b"caseledger.case.Person", b"Person"),
    ],
)
def test_what_is_none_of_ours_is_refused(spoilt: bytes) -> None:
    with pytest.raises((msgspec.MsgspecError, UnicodeDecodeError)):
        decode(spoilt)


def test_attributes_that_came_later_are_passed_over() -> None:
    richer = json.loads(encode("case", EVENT)) | {"dataschema": "https://example.org", "partitionkey": "x"}
    assert decode(json.dumps(richer).encode()).event_id == "0190c0de"


def test_a_head_is_wrapped_and_unwrapped() -> None:
    head = Head(service="case", position=12, recorded_at=EVENT.recorded_at)
    assert decode_head(encode_head(head)) == head
    assert json.loads(encode_head(head))["specversion"] == "1.0"
