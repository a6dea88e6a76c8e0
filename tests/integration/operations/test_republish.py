"""`caseledger republish`: the relay publishes again what it has published before; nothing counts twice."""

import pytest

from services.suite import Suite
from shared.bus.embedded import EmbeddedBus
from shared.bus.port import HEADS, events_topic
from tests.integration.operations.conftest import EVENTS
from tests.integration.operations.typed import refused, typed
from tests.integration.rebuild.world import record

CASE = events_topic("case")


def published(suite: Suite) -> int:
    return sum(suite.bus.end_offsets(CASE).values())


def arrived(suite: Suite) -> int:
    reporting = suite.services["reporting"]
    with reporting.database.read() as connection:
        return reporting.intake.watermark(connection, "case")


def test_everything_is_published_again_unless_a_position_is_named(suite: Suite) -> None:
    assert published(suite) == EVENTS
    assert "publishes positions 1 to 40 again" in typed("republish", "case")
    suite.background.drain()
    assert published(suite) == 2 * EVENTS
    assert "publishes positions 31 to 40 again" in typed("republish", "case", "--from", "31")
    suite.background.drain()
    assert published(suite) == 2 * EVENTS + 10
    assert arrived(suite) == EVENTS
    assert "Every event is in its store" in typed("verify")


def test_a_running_relay_notices(suite: Suite) -> None:
    suite.background.start()
    typed("republish", "case")
    record(suite, 1000, 1)
    assert suite.background.wait_until_settled()
    assert published(suite) > 2 * EVENTS


def test_a_position_beyond_the_store_is_an_error(suite: Suite) -> None:
    said = refused("republish", "case", "--from", "41")
    assert "The event store of case ends at position 40; there is nothing at 41." in said
    assert "ends at position 0" in refused("republish", "groups")
    assert "0 is not in the range x>=1" in refused("republish", "case", "--from", "0")
    suite.background.drain()
    assert published(suite) == EVENTS


def test_what_the_relay_has_not_published_yet_is_left_to_it(suite: Suite) -> None:
    record(suite, 1000, 1)
    assert "has not published position 41 yet" in typed("republish", "case", "--from", "41")
    suite.background.drain()
    assert published(suite) == EVENTS + 1


def test_a_lost_topic_is_filled_from_the_store_and_nothing_counts_twice(suite: Suite) -> None:
    assert isinstance(suite.bus, EmbeddedBus)
    for topic in (CASE, HEADS):
        suite.bus.delete_topic(topic)
    suite.bus.ensure_topics([CASE, HEADS], 3)
    typed("republish", "case")
    suite.background.drain()
    # A relay that has seen the topic before finds out at its next start; the checkpoint was moved in any case.
    assert published(suite) == EVENTS
    assert arrived(suite) == EVENTS
    record(suite, 1000, 2)
    suite.background.drain()
    assert arrived(suite) == EVENTS + 2
    assert "Every event is in its store" in typed("verify")


@pytest.mark.parametrize("service", ["case", "groups"])
def test_a_service_that_has_never_published_begins_at_its_beginning(environment: object, service: str) -> None:
    assert "ends at position 0" in refused("republish", service)
