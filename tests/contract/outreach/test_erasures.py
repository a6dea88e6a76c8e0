"""When case says that a person was erased: keys are destroyed, counts stay, and notes about several people wait."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete

from services.outreach import tables
from shared.bus.embedded import EmbeddedBus
from shared.rebuild import rebuild
from shared.service import Service
from tests.contract.outreach.conftest import Client, Others, a_contact, a_visit, field_codes


def erase(others: Others, person_id: str) -> None:
    others.publish("case", "PersonErased", person_id, person_id=person_id, reason="requested")


def dropped(service: Service) -> list[Any]:
    with service.database.read() as connection:
        return [one for one in service.store.read_all(connection, 0, 1000) if one.type == "PersonKeysDropped"]


@pytest.fixture
def token(worker: Client, others: Others) -> str:
    """A contact identified as person-1."""
    others.person("person-1")
    contact_id = a_contact(worker, "阿強", marks="紅帽")
    worker.post(f"/contacts/{contact_id}/identify", {"person_id": "person-1"}, version=1)
    return contact_id


def test_the_keys_of_the_person_and_of_their_contacts_are_dropped_once(
    others: Others, service: Service, token: str
) -> None:
    erase(others, "person-1")
    erase(others, "person-1")
    (event,) = dropped(service)
    assert event.stream_id == "erasure-person-1"
    assert (event.event.person_id, event.event.service) == ("person-1", "outreach")
    assert event.event.contact_ids == (token,)
    with service.database.read() as connection:
        assert all(service.vault.is_destroyed(connection, one) for one in ("person-1", token))


def test_somebody_merged_with_the_erased_is_erased_by_their_own_event_alone(
    worker: Client, others: Others, token: str
) -> None:
    others.person("person-2")
    merge = {"person_id": "person-2", "into": "person-1", "merge_id": "merge-1", "reason": "duplicate"}
    others.publish("case", "PersonMergedInto", "person-2", **merge)
    other = a_contact(worker, "阿明")
    worker.post(f"/contacts/{other}/identify", {"person_id": "person-2"}, version=1)
    erase(others, "person-1")
    assert worker.get(f"/contacts/{other}").json["alias"] == "阿明"
    erase(others, "person-2")
    assert worker.get(f"/contacts/{other}").json["erased"] is True


def test_an_erased_contact_has_no_alias_and_is_not_found_and_still_counts(
    worker: Client, others: Others, token: str
) -> None:
    visit_id = worker.post("/visits", a_visit(token, note="He looked thin.")).json["visit_id"]
    erase(others, "person-1")
    assert worker.get("/contacts").json["items"] == []
    contact = worker.get(f"/contacts/{token}").json
    assert (contact["alias"], contact["marks"], contact["erased"]) == (None, None, True)
    visit = worker.get(f"/visits/{visit_id}").json
    assert (visit["note"], visit["participants"][0]["person_id"]) == (None, token)
    assert worker.get("/visits").json["items"][0]["has_note"] is False


def test_nothing_is_added_about_somebody_erased(worker: Client, others: Others, token: str) -> None:
    visit_id = worker.post("/visits", a_visit(token)).json["visit_id"]
    erase(others, "person-1")
    for person in (token, "person-1"):
        assert field_codes(worker.post("/visits", a_visit(person))) == [("participants.0.person_id", "person_erased")]
    assert worker.post(f"/contacts/{token}/unidentify", {"reason": "other"}, version=2).status_code == 409
    other = a_contact(worker, "阿明")
    refused = worker.post(f"/contacts/{other}/identify", {"person_id": "person-1"}, version=1)
    assert field_codes(refused) == [("person_id", "person_erased")]
    note = {**a_visit(token, note="More."), "reason": "new_information"}
    assert worker.put(f"/visits/{visit_id}", note, version=1).json["code"] == "person_erased"


def test_an_entry_about_somebody_erased_can_still_be_corrected_and_voided(
    worker: Client, others: Others, token: str
) -> None:
    visit_id = worker.post("/visits", a_visit(token, note="Thin.", helpers=["梅姨"])).json["visit_id"]
    erase(others, "person-1")
    shorter = {**a_visit(token, minutes=45, helpers=["梅姨"]), "reason": "typing_error"}
    corrected = worker.put(f"/visits/{visit_id}", shorter, version=1)
    assert (corrected.status_code, corrected.json["note"], corrected.json["helpers"]) == (200, None, ["梅姨"])
    voided = worker.post(f"/visits/{visit_id}/void", {"reason": "duplicate", "reason_text": "Twice."}, version=2)
    assert voided.status_code == 200


def test_an_undone_identification_keeps_the_contact(worker: Client, others: Others, token: str) -> None:
    worker.post(f"/contacts/{token}/unidentify", {"reason": "wrong_person"}, version=2)
    erase(others, "person-1")
    assert worker.get(f"/contacts/{token}").json["alias"] == "阿強"


def test_a_note_about_several_waits_and_is_kept_or_destroyed(
    worker: Client,
    others: Others,
    as_user: Callable[[str], Client],
    token: str,
    service: Service,
    bus: EmbeddedBus,
) -> None:
    other = a_contact(worker, "阿明")
    both = a_visit(token, other, note="強同明一齊")
    first, second = (
        worker.post("/visits", {**both, "starts_at": time}).json["visit_id"] for time in ("10:00", "14:00")
    )
    erase(others, "person-1")
    leader = as_user("leader")
    assert sorted(one["visit_id"] for one in leader.get("/note-reviews").json["items"]) == sorted([first, second])
    assert worker.get("/note-reviews").status_code == 403
    assert as_user("foreign-leader").get("/note-reviews").json["items"] == []
    assert as_user("foreign-leader").post(f"/note-reviews/{first}", {"decision": "kept"}).status_code == 404
    assert leader.post(f"/note-reviews/{first}", {"decision": "kept"}).status_code == 200
    assert leader.post(f"/note-reviews/{second}", {"decision": "burnt"}).status_code == 422
    assert leader.post(f"/note-reviews/{second}", {"decision": "destroyed"}).status_code == 200
    assert leader.post(f"/note-reviews/{second}", {"decision": "kept"}).status_code == 404
    assert leader.get("/note-reviews").json["items"] == []
    assert worker.get(f"/visits/{first}").json["note"] == "強同明一齊"
    assert worker.get(f"/visits/{second}").json["note"] is None
    anew = {**both, "starts_at": "14:00", "note": "明", "reason": "new_information"}
    assert worker.put(f"/visits/{second}", anew, version=1).json["note"] == "明"
    assert rebuild(service, bus).differences == ()


def test_an_earlier_note_that_told_of_the_person_waits_as_well(
    worker: Client,
    others: Others,
    as_user: Callable[[str], Client],
    token: str,
    service: Service,
    bus: EmbeddedBus,
) -> None:
    other = a_contact(worker, "阿明")
    visit_id = worker.post("/visits", a_visit(token, other, note="強同明")).json["visit_id"]
    only = {**a_visit(other, note="明"), "reason": "wrong_person"}
    assert worker.put(f"/visits/{visit_id}", only, version=1).status_code == 200
    erase(others, "person-1")
    leader = as_user("leader")
    assert [one["visit_id"] for one in leader.get("/note-reviews").json["items"]] == [visit_id]
    leader.post(f"/note-reviews/{visit_id}", {"decision": "destroyed"})
    story = worker.get(f"/visits/{visit_id}/history").json["items"]
    assert [one["note"] for one in story] == [None, "明"]
    assert worker.get(f"/visits/{visit_id}").json["has_note"] is True
    assert rebuild(service, bus).differences == ()


def test_a_rebuild_gives_the_same_read_tables(worker: Client, others: Others, service: Service, token: str) -> None:
    other = a_contact(worker, "阿明", target_groups=["hidden"])
    worker.post("/visits", a_visit(token, other, note="強同明"))
    visit_id = worker.post("/visits", a_visit(token, starts_at="10:00", note="強")).json["visit_id"]
    worker.put(f"/visits/{visit_id}", {**a_visit(other, starts_at="10:00"), "reason": "wrong_person"}, version=1)
    erase(others, "person-1")

    def rows() -> dict[str, list[Any]]:
        with service.database.read() as connection:
            return {
                table.name: sorted(
                    tuple(value for column, value in row.items() if column != "sealed")
                    for row in (dict(found) for found in connection.execute(table.select()).mappings())
                )
                if table.name not in ("visit", "contact")
                else sorted(
                    (
                        {name: value for name, value in found.items() if name != "sealed"}
                        for found in connection.execute(table.select()).mappings()
                    ),
                    key=str,
                )
                for table in tables.PROJECTED
            }

    before = rows()
    with service.database.write() as connection:
        for table in tables.PROJECTED:
            connection.execute(delete(table))
        service.store.reproject(connection)
    assert rows() == before
    assert [one["alias"] for one in worker.get("/contacts").json["items"]] == ["阿明"]
