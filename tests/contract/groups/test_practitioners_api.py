"""People of the sector over the API, and the events they take part in."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shared.service import Service
from tests.contract.groups.conftest import Client, Others, field_codes

CHAN = {"name": "陳大文", "organisation": "海港服務社", "post": "社工"}


def an_event(*ids: str, role: str = "practitioner", **more: Any) -> dict[str, Any]:
    people = [{"person_id": one, "role": role} for one in ids]
    event = {"kind": "sector_event", "activity": "training", "occurred_on": "2026-04-11", "minutes": 360}
    return {**event, "participants": people, **more}


def test_practitioners_are_registered_found_and_listed(worker: Client) -> None:
    saved = worker.post("/practitioners", CHAN)
    assert saved.status_code == 201
    assert saved.json["warnings"] == []
    worker.post("/practitioners", {"name": "Lee Ka Yan", "organisation": "Harbour  Light", "post": None})
    for asked, expected in (("大文", ["陳大文"]), ("HARBOUR light", ["Lee Ka Yan"]), ("社工", ["陳大文"]), ("王", [])):
        assert [one["name"] for one in worker.get("/practitioners", q=asked).json["items"]] == expected
    first = worker.get("/practitioners", limit=1).json
    second = worker.get("/practitioners", limit=1, after=first["next"]).json
    assert {first["items"][0]["name"], second["items"][0]["name"]} == {"陳大文", "Lee Ka Yan"}
    assert second["next"] is None


def test_the_same_person_entered_twice_is_pointed_out(worker: Client) -> None:
    first = worker.post("/practitioners", CHAN).json
    again = worker.post("/practitioners", {**CHAN, "organisation": "海港 服務社", "post": None}).json
    assert [(one["code"], one["practitioner_id"]) for one in again["warnings"]] == [
        ("possible_duplicate", first["practitioner_id"])
    ]
    assert again["organisation_id"] == first["organisation_id"]


def test_what_is_missing_is_named(worker: Client) -> None:
    refused = worker.post("/practitioners", {"name": " ", "organisation": " "})
    assert (refused.status_code, field_codes(refused)) == (422, [("name", "required"), ("organisation", "required")])


def test_another_agency_finds_nobody_and_cannot_use_the_id(as_user: Callable[[str], Client]) -> None:
    saved = as_user("worker").post("/practitioners", CHAN).json
    foreign = as_user("foreign-worker")
    assert foreign.get("/practitioners").json["items"] == []
    refused = foreign.post("/meetings", an_event(saved["practitioner_id"]))
    assert (refused.status_code, field_codes(refused)) == (422, [("participants.0.person_id", "person_unknown")])
    taken = foreign.post("/practitioners", {**CHAN, "id": saved["practitioner_id"]})
    assert taken.status_code == 404


@pytest.mark.parametrize("activity", ["training", "supervision", "sharing"])
def test_a_sector_event_is_recorded_without_a_group(worker: Client, activity: str) -> None:
    ids = [worker.post("/practitioners", {**CHAN, "name": name}).json["practitioner_id"] for name in ("陳一", "李二")]
    saved = worker.post("/meetings", an_event(*ids, activity=activity))
    assert saved.status_code == 201
    assert (saved.json["kind"], saved.json["group_id"]) == ("sector_event", None)
    assert [one["person_id"] for one in saved.json["participants"]] == ids
    assert [one["meeting_id"] for one in worker.get("/meetings", kind="sector_event").json["items"]] == [
        saved.json["meeting_id"]
    ]


def test_a002_09_one_token_takes_part_as_family_member_and_as_practitioner(
    worker: Client, others: Others, circle: str
) -> None:
    given = {"person_id": "person-000", "role": "practitioner", "from_date": "2026-04-01"}
    others.publish("case", "PersonRoleGiven", "person-000", **given)
    meeting = {"group_id": circle, "occurred_on": "2026-03-09"}
    person = {"person_id": "person-000", "role": "family_member"}
    assert worker.post("/meetings", {**meeting, "participants": [person]}).status_code == 201
    assert worker.post("/meetings", an_event("person-000")).status_code == 201
    early = worker.post("/meetings", an_event("person-000", occurred_on="2026-03-31"))
    assert field_codes(early) == [("participants.0.person_id", "not_a_practitioner")]
    in_family = worker.post("/meetings", an_event("person-000", role="family_member"))
    assert field_codes(in_family) == [("participants.0.person_id", "not_a_practitioner")]


def test_names_of_the_sector_lie_sealed_in_every_file(worker: Client, service: Service, tmp_path: Path) -> None:
    worker.post("/practitioners", CHAN)
    worker.post("/practitioners?dry_run=true", CHAN)
    with service.database.read() as connection:
        assert service.store.read_all(connection, 0, 10)[0].event.name == CHAN["name"]
    files = [path for path in tmp_path.iterdir() if path.is_file()]
    assert any(path.name.startswith("groups.db") for path in files)
    for text in CHAN.values():
        escaped = text.encode("unicode_escape")
        for path in files:
            content = path.read_bytes()
            assert text.encode() not in content
            assert escaped not in content
