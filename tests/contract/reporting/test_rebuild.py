"""Rebuilding the ledger from the log, and the check that names every difference."""

from dataclasses import replace

from sqlalchemy import delete, insert, update

from services.reporting import tables
from services.reporting.ledger.rebuild import rebuild
from services.reporting.ledger.verify import verify
from shared.bus.embedded import EmbeddedBus
from shared.bus.envelope import encode
from shared.bus.port import Message, events_topic
from shared.service import Service
from tests.contract.reporting.conftest import Client, Others, family
from tests.contract.reporting.test_reports_api import _story

SEGMENT = tables.ledger.segment


def test_a_rebuild_of_a_sound_ledger_finds_nothing_and_changes_nothing(
    leader: Client, others: Others, service: Service, bus: EmbeddedBus
) -> None:
    _story(others)
    before = leader.report()
    rebuilt = rebuild(service, bus)
    assert rebuilt.events == 11
    assert rebuilt.differences == ()
    assert leader.report() == before


def test_a_rebuild_replays_a_log_with_duplicates_once(
    leader: Client, others: Others, service: Service, bus: EmbeddedBus
) -> None:
    stored = others.record("session-1", family("person-m"))
    for _ in range(3):
        others.publish(("case", stored))
    assert rebuild(service, bus).differences == ()


def test_a_rebuild_names_what_was_wrong_and_puts_it_right(
    leader: Client, others: Others, service: Service, bus: EmbeddedBus
) -> None:
    _story(others)
    right = leader.report()
    with service.database.write() as connection:
        connection.execute(update(SEGMENT).values(status="cancelled"))
        connection.execute(delete(tables.ledger.identity))
        connection.execute(update(tables.touched).values(times=tables.touched.c.times + 1))
    assert leader.figures()["output-2/sessions"] == 0
    looked = rebuild(service, bus, switch=False)
    assert {one.table for one in looked.differences} == {"segment", "identity"}
    assert leader.figures()["output-2/sessions"] == 0
    assert rebuild(service, bus).differences == looked.differences
    assert leader.report() == right
    assert rebuild(service, bus).differences == ()


def test_a_rebuild_leaves_out_what_has_not_been_taken_in(
    leader: Client, others: Others, service: Service, bus: EmbeddedBus
) -> None:
    others.record("session-1", family("person-m"))
    others.hold = True
    ahead = others.record("session-2", family("person-m"))
    bus.publish(events_topic("case"), [Message(ahead.stream_id, encode("case", ahead))])
    assert rebuild(service, bus).differences == ()
    assert leader.figures()["output-2/sessions"] == 1
    others.held.clear()
    others.publish()
    assert leader.figures()["output-2/sessions"] == 2


def test_a_parked_message_stays_out_of_a_rebuild(
    leader: Client, others: Others, service: Service, bus: EmbeddedBus
) -> None:
    others.store("case", "ServiceUnitRecorded", "session-1", unit={"unit_id": "session-1"})
    others.record("session-2", family("person-m"))
    assert rebuild(service, bus).differences == ()


def _case(service: Service, others: Others) -> Service:
    """The case service as far as its store is concerned: this database stands in for it."""
    return replace(service, name="case")


def test_verify_finds_nothing_wrong_with_what_is_whole(
    leader: Client, others: Others, service: Service, bus: EmbeddedBus
) -> None:
    _story(others)
    assert verify(service, bus, [service]) == []


def test_verify_names_an_event_that_its_store_does_not_know(
    leader: Client, others: Others, service: Service, bus: EmbeddedBus
) -> None:
    others.record("session-1", family("person-m"))
    others.record("session-2", family("person-m"))
    found = [str(one) for one in verify(service, bus, [_case(service, others)])]
    assert "case, log: position 1 has another event" in found
    assert "case, log: position 2 is unknown to the service's own store" in found
    assert "case, arrivals: position 2 is unknown to the service's own store" in found


def test_verify_names_rows_that_nobody_published(
    leader: Client, others: Others, service: Service, bus: EmbeddedBus
) -> None:
    others.record("session-1", family("person-m"))
    row = {"agency_id": "agency-one", "person_id": "person-x", "contract_id": "kachi-2"}
    with service.database.write() as connection:
        connection.execute(insert(tables.ledger.participation), row)
    assert [str(one) for one in verify(service, bus, [])] == [
        "ledger, participation: 1 rows that the log does not give, 0 rows missing"
    ]
