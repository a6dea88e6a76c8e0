"""What a service cannot take in waits with its reason; the rest flows; after the cause was mended, a retry works."""

import json
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import update

from services.reporting.ledger import inbox
from services.suite import Suite
from shared.bus.arrivals import Forked
from shared.bus.embedded import EmbeddedBus
from shared.bus.envelope import decode, encode
from shared.bus.port import Message, events_topic
from shared.bus.tables import relay_checkpoint
from shared.eventstore import RawEvent
from tests.integration.operations.typed import refused, typed
from tests.integration.rebuild.world import record, world

CASE = events_topic("case")


def stored(suite: Suite, position: int) -> RawEvent:
    case = suite.services["case"]
    with case.database.read() as connection:
        return case.store.read_raw(connection, position - 1, 1)[0]


def watermark(suite: Suite) -> int:
    reporting = suite.services["reporting"]
    with reporting.database.read() as connection:
        return reporting.intake.watermark(connection, "case")


def publish(suite: Suite, key: str, value: bytes) -> None:
    suite.bus.publish(CASE, [Message(key, value)])


def changed(value: bytes, **attributes: object) -> bytes:
    """A message with some attributes changed."""
    return json.dumps({**json.loads(value), **attributes}).encode()


def publish_next(suite: Suite, number: int, **attributes: object) -> RawEvent:
    """Store one more session of case, and publish it with these attributes before its relay does."""
    record(suite, number, 1)
    case = suite.services["case"]
    with case.database.read() as connection:
        head, _ = case.store.head(connection)
    event = stored(suite, head)
    publish(suite, event.stream_id, changed(encode("case", event), **attributes))
    return event


def test_nothing_is_parked_at_first(suite: Suite) -> None:
    assert typed("parked", "list") == "No message is parked."
    assert typed("parked", "retry") == "Nothing is parked any more."
    assert "reporting has no parked message 1" in refused("parked", "show", "reporting", "1")


def test_foreign_and_broken_messages_are_shown_with_their_reason_while_the_rest_flows(suite: Suite) -> None:
    publish(suite, "elsewhere-1", b'{"hello": "\xe9\x99\xb3"}')
    publish(suite, "session-900001", b'{"specversion": "1.0", "id": ')
    record(suite, 1000, 2)
    suite.background.drain()
    assert watermark(suite) == 42
    listed = typed("parked", "list", "reporting")
    assert "elsewhere-1" in listed
    shown = typed("parked", "show", "reporting", "1")
    assert "missing required field `specversion`" in shown
    assert '"hello": "陳"' in shown
    assert '{"specversion": "1.0", "id":' in typed("parked", "show", "reporting", "2")
    said = refused("parked", "retry", "reporting")
    assert "0 learnt, 2 still parked" in said
    assert "2 messages are still parked" in said


def test_an_event_of_a_later_version_waits_for_a_newer_program(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    later = publish_next(suite, 1001, schemaversion=2, type="caseledger.case.ServiceUnitRecorded.v2")
    record(suite, 1003, 1)
    suite.background.drain()
    assert watermark(suite) == later.position + 1
    shown = typed("parked", "show", "reporting", "1")
    assert "NewerVersion: ServiceUnitRecorded has version 2; version 1 is the last one known." in shown
    assert "1 messages are still parked" in refused("parked", "retry")
    monkeypatch.setitem(inbox.VERSIONS, "ServiceUnitRecorded", 2)
    assert "reporting: 1 learnt, 0 still parked." in typed("parked", "retry")
    assert typed("parked", "list") == "No message is parked."


def test_an_event_with_a_wrong_attribute_waits_in_its_place(suite: Suite) -> None:
    broken = publish_next(suite, 1001, actor=17)
    suite.background.drain()
    assert f"{broken.position}" in typed("parked", "list")
    assert "Expected `str`, got `int`" in typed("parked", "show", "reporting", "1")
    assert "1 messages are still parked" in refused("parked", "retry", "reporting")


def test_a_fork_stops_the_service_and_says_so_until_the_topic_is_mended(suite: Suite) -> None:
    event = stored(suite, 7)
    publish(suite, event.stream_id, changed(encode("case", event), id="another"))
    intake = suite.services["reporting"].intake
    with pytest.raises(Forked, match="case has two events at position 7"):
        intake.run_once()
    assert "reporting has stopped: case has two events at position 7" in typed("parked", "list")
    said = typed("parked", "retry", "reporting")
    assert "It is looked at again" in said
    # It still stands in the topic, so nothing has got better.
    with pytest.raises(Forked, match="case has two events at position 7"):
        intake.run_once()


def test_after_a_forked_topic_was_made_again_of_the_store_everything_flows(suite: Suite, environment: Path) -> None:
    event = stored(suite, 7)
    publish(suite, event.stream_id, changed(encode("case", event), id="another"))
    with pytest.raises(Forked):
        suite.background.drain()
    assert isinstance(suite.bus, EmbeddedBus)
    suite.bus.delete_topic(CASE)
    typed("parked", "retry")
    with world(environment, {}) as mended:
        record(mended, 1001, 1)
        mended.background.drain()
        assert watermark(mended) == 41
    assert typed("parked", "list") == "No message is parked."
    assert "Every event is in its store" in typed("verify")


def test_a_position_that_is_missing_is_a_difference_until_it_is_published_again(suite: Suite) -> None:
    record(suite, 1000, 1)
    record(suite, 1001, 1)
    skipped, next_one = stored(suite, 41), stored(suite, 42)
    with suite.services["case"].database.write() as connection:
        connection.execute(update(relay_checkpoint), {"position": 42})
    publish(suite, next_one.stream_id, encode("case", next_one))
    suite.background.drain()
    assert watermark(suite) == 40
    assert "position 41" in refused("verify")
    typed("republish", "case", "--from", str(skipped.position))
    suite.background.drain()
    assert watermark(suite) == 42
    assert "Every event is in its store" in typed("verify")


def test_decoding_what_was_shown_gives_the_event_again(suite: Suite) -> None:
    event = publish_next(suite, 1001, schemaversion=2, type="caseledger.case.ServiceUnitRecorded.v2")
    suite.background.drain()
    shown = typed("parked", "show", "reporting", "1")
    found = decode(shown[shown.index("{") :].encode())
    assert (found.position, found.event_id) == (event.position, event.event_id)
    assert msgspec.json.decode(found.data) == msgspec.json.decode(event.data)
