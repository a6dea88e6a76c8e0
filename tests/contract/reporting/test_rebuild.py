"""Rebuilding the ledger from the log, and the check that names every difference."""

from dataclasses import replace

import pytest
from sqlalchemy import delete, insert, select, update

from services.reporting import tables
from shared.bus.embedded import EmbeddedBus
from shared.bus.envelope import encode
from shared.bus.port import Message, events_topic
from shared.rebuild import LogIncomplete, rebuild, verify
from shared.relay.relay import Relay
from shared.service import Service
from tests.contract.reporting.conftest import Client, Others, family
from tests.contract.reporting.test_reports_api import _story

SEGMENT = tables.ledger.segment


def _damage(service: Service) -> None:
    """Change every segment, lose the merges, and invent somebody."""
    row = {"agency_id": "agency-one", "person_id": "person-x", "contract_id": "kachi-2"}
    with service.database.write() as connection:
        connection.execute(update(SEGMENT).values(status="cancelled"))
        connection.execute(delete(tables.ledger.identity).where(tables.ledger.identity.c.service == "case"))
        connection.execute(insert(tables.ledger.participation), row)
        connection.execute(update(tables.touched).values(times=tables.touched.c.times + 1))


def test_a_rebuild_of_a_sound_ledger_finds_nothing_and_changes_nothing(
    leader: Client, others: Others, service: Service, bus: EmbeddedBus
) -> None:
    _story(others)
    before = leader.report()
    rebuilt = rebuild(service, bus)
    assert (rebuilt.own, rebuilt.learnt) == (1, 11)
    assert (rebuilt.differences, rebuilt.switched) == ((), False)
    assert leader.report() == before


def test_a_rebuild_replays_a_log_with_duplicates_once(
    leader: Client, others: Others, service: Service, bus: EmbeddedBus
) -> None:
    stored = others.record("session-1", family("person-m"))
    for _ in range(3):
        others.publish(("case", stored))
    assert rebuild(service, bus).differences == ()


def test_a_difference_is_named_and_refused_until_it_is_accepted(
    leader: Client, others: Others, service: Service, bus: EmbeddedBus
) -> None:
    _story(others)
    right = leader.report()
    _damage(service)
    assert leader.figures()["output-2/sessions"] == 0
    refused = rebuild(service, bus)
    assert not refused.switched
    assert {one.table: dict(one.counts) for one in refused.differences} == {
        "segment": {"changed": 6},
        "participation": {"extra": 1},
        "identity": {"missing": 1},
    }
    assert "agency-one, person-x, kachi-2 is not what any event says" in str(refused.differences[1])
    assert leader.figures()["output-2/sessions"] == 0
    accepted = rebuild(service, bus, accept_difference=True)
    assert accepted.differences == refused.differences
    assert accepted.switched
    assert leader.report() == right
    assert rebuild(service, bus).differences == ()


def test_tables_that_were_left_out_of_a_backup_are_filled_without_asking(
    leader: Client, others: Others, service: Service, bus: EmbeddedBus
) -> None:
    _story(others)
    right = leader.report()
    with service.database.write() as connection:
        for table in tables.ledger.all():
            connection.execute(delete(table))
    filled = rebuild(service, bus)
    assert filled.switched
    assert all(one.explained for one in filled.differences)
    assert leader.report() == right


def test_a_table_that_lost_some_rows_is_not_filled_without_asking(
    leader: Client, others: Others, service: Service, bus: EmbeddedBus
) -> None:
    _story(others)
    with service.database.write() as connection:
        lost = connection.scalars(select(SEGMENT.c.unit_id)).first()
        connection.execute(delete(SEGMENT).where(SEGMENT.c.unit_id == lost))
        connection.execute(delete(tables.ledger.identity))
    assert not rebuild(service, bus).switched


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
    rebuilt = rebuild(service, bus)
    assert (rebuilt.differences, rebuilt.learnt) == ((), 1)


def test_a_log_that_was_made_anew_and_published_again_gives_the_same_ledger(
    leader: Client, others: Others, service: Service, bus: EmbeddedBus
) -> None:
    others.hold = True
    _story(others)
    held = list(others.held)
    others.publish()
    for source in ("case", "groups", "outreach"):
        bus.delete_topic(events_topic(source))
        bus.ensure_topics([events_topic(source)], 3)
    for source, stored in held:
        others.send(source, stored)
    # The intake has not looked yet: nothing of the new topics is taken in anew.
    rebuilt = rebuild(service, bus)
    assert (rebuilt.differences, rebuilt.learnt) == ((), 11)


def test_nothing_is_put_in_place_from_a_log_that_lacks_what_arrived(
    leader: Client, others: Others, service: Service, bus: EmbeddedBus
) -> None:
    _story(others)
    bus.delete_topic(events_topic("case"))
    bus.ensure_topics([events_topic("case")], 2)
    before = leader.report()
    with pytest.raises(LogIncomplete, match=r"events of case .*\(case 1, case 2, "):
        rebuild(service, bus, accept_difference=True)
    assert leader.report() == before
    assert any("The log lacks" in str(one) for one in verify([service], bus))


def _case(service: Service) -> Service:
    """The case service as far as its store is concerned: this database stands in for it."""
    return replace(service, name="case", reads=())


def _published(service: Service, bus: EmbeddedBus) -> None:
    while Relay(service.name, service.store, bus).run_once():
        pass


def test_verify_finds_nothing_wrong_with_what_is_whole(
    leader: Client, others: Others, service: Service, bus: EmbeddedBus
) -> None:
    _story(others)
    _published(service, bus)
    assert list(verify([service], bus)) == []


def test_verify_names_an_event_that_its_store_does_not_know(
    leader: Client, others: Others, service: Service, bus: EmbeddedBus
) -> None:
    others.record("session-1", family("person-m"))
    others.record("session-2", family("person-m"))
    found = [str(one) for one in verify([_case(service), service], bus)]
    own_id = "case-event-1"
    assert any(one.startswith(f"case, topic: position 1 has another event, {own_id}") for one in found)
    assert "case, topic: position 2 is unknown to the service's own store, event case-event-2" in found
    assert "case, arrivals in reporting: position 2 is unknown to the service's own store, event case-event-2" in found


def test_verify_names_rows_that_nobody_published(
    leader: Client, others: Others, service: Service, bus: EmbeddedBus
) -> None:
    _story(others)
    _damage(service)
    found = [str(one) for one in verify([service], bus)]
    assert len(found) == 8
    where = "reporting, read tables"
    assert f"{where}: participation agency-one, person-x, kachi-2 is not what any event says" in found
    assert f"{where}: segment agency-one, kachi-2, session-1, 1 differs in status" in found
    assert sum(one.endswith("is missing") for one in found) == 1
