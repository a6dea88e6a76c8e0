"""Contacts and places over the API: found again before made, identified, and that undone."""

from collections.abc import Callable
from typing import Any

import pytest

from shared.service import Service
from shared.testing.people import OTHER_AGENCY, OTHER_TEAM
from tests.contract.outreach.conftest import Client, Others, a_contact, a_visit, codes, field_codes


def found(client: Client, **query: Any) -> list[str]:
    return [one["alias"] for one in client.get("/contacts", **query).json["items"]]


def test_a_contact_is_found_again_by_alias_marks_and_place(worker: Client) -> None:
    park = worker.post("/places", {"name": "北河街公園", "district": "sham_shui_po"}).json["place_id"]
    a_contact(worker, "阿強", marks="紅帽，左手刺青", place_id=park)
    a_contact(worker, "Keung", marks="長髮")
    assert found(worker) == ["Keung", "阿強"]
    assert found(worker, q="強") == ["阿強"]
    assert found(worker, q="刺青") == ["阿強"]
    assert found(worker, q="ＫＥＵＮＧ") == ["Keung", "阿強"]  # Both are said alike.
    assert found(worker, place_id=park) == ["阿強"]
    assert found(worker, q="keung", place_id=park) == ["阿強"]
    assert found(worker, q="nobody") == []


def test_contacts_are_paged(worker: Client) -> None:
    for number in range(5):
        a_contact(worker, f"alias {number}")
    first = worker.get("/contacts", q="alias", limit=3).json
    rest = worker.get("/contacts", q="alias", limit=3, after=first["next"]).json
    assert [one["alias"] for one in first["items"] + rest["items"]] == [f"alias {number}" for number in (4, 3, 2, 1, 0)]
    assert rest["next"] is None


def test_a_known_alias_is_pointed_out_before_and_after_saving(worker: Client) -> None:
    first = a_contact(worker, "阿強")
    preview = worker.post("/contacts?dry_run=true", {"alias": "阿 強"})
    assert (preview.status_code, codes(preview)) == (200, ["possible_duplicate"])
    saved = worker.post("/contacts", {"alias": "阿 強"})
    assert (saved.status_code, codes(saved)) == (201, ["possible_duplicate"])
    assert saved.json["warnings"][0]["contact_ids"] == [first]
    assert codes(worker.post("/contacts", {"alias": "阿明"})) == []


def test_a_contact_says_what_it_is(worker: Client) -> None:
    contact_id = a_contact(worker, "阿強", marks="紅帽", target_groups=["hidden"], id="contact-keung")
    read = worker.get(f"/contacts/{contact_id}")
    assert read.headers["ETag"] == '"1"'
    assert read.json == {
        "contact_id": "contact-keung",
        "version": 1,
        "team_id": "team-west",
        "place_id": None,
        "role": "drug_user",
        "target_groups": [{"target_group": "hidden", "from_date": None, "to_date": None}],
        "alias": "阿強",
        "marks": "紅帽",
        "identified_as": None,
        "erased": False,
    }


@pytest.mark.parametrize(
    ("body", "path", "code"),
    [
        ({}, "alias", "alias_or_marks"),
        ({"alias": "A123456(3)"}, "alias", "identity_number"),
        ({"alias": "x" * 201}, "alias", "too_long"),
        ({"alias": "阿強", "name": "陳大文"}, "name", "unknown_field"),
        ({"alias": "阿強", "place_id": "place-nowhere"}, "place_id", "place_unknown"),
        ({"alias": "阿強", "role": "king"}, "role", "unknown_code"),
        ({"alias": "阿強", "target_groups": ["rich"]}, "target_groups.0", "unknown_code"),
        ({"alias": "阿強", "target_groups": [7]}, "target_groups.0", "wrong_type"),
        (
            {"alias": "阿強", "target_groups": [{"target_group": "hidden", "from_date": "soon"}]},
            "target_groups.0.from_date",
            "not_a_date",
        ),
        ({"alias": "阿強", "id": "person-1"}, "id", "id_malformed"),
    ],
)
def test_a_wrong_contact_names_its_field(worker: Client, body: dict[str, Any], path: str, code: str) -> None:
    wrong = worker.post("/contacts", body)
    assert wrong.status_code == 422
    assert field_codes(wrong) == [(path, code)]
    assert found(worker) == []


def test_a002_08_a_contact_is_identified_and_that_is_undone_exactly(worker: Client, others: Others) -> None:
    others.person("person-1", low_motivation="2026-01-01")
    contact_id = a_contact(worker, target_groups=["hidden"])
    before = worker.get(f"/contacts/{contact_id}").json
    done = worker.post(f"/contacts/{contact_id}/identify", {"person_id": "person-1"}, version=1)
    assert (done.status_code, done.json["identified_as"], done.headers["ETag"]) == (200, "person-1", '"2"')
    twice = worker.post(f"/contacts/{contact_id}/identify", {"person_id": "person-1"}, version=2)
    assert (twice.status_code, twice.json["code"]) == (409, "identified_already")
    either = [worker.post("/visits", a_visit(one)).json["participants"][0] for one in (contact_id, "person-1")]
    assert [one["target_groups"] for one in either] == [["hidden", "low_motivation"], ["low_motivation"]]
    undone = worker.post(f"/contacts/{contact_id}/unidentify", {"reason": "wrong_person"}, version=2)
    assert undone.status_code == 200
    assert {**undone.json, "version": 1, "warnings": None} == {**before, "warnings": None}
    again = worker.post(f"/contacts/{contact_id}/unidentify", {"reason": "wrong_person"}, version=3)
    assert (again.status_code, again.json["code"]) == (409, "not_identified")


def test_who_is_not_registered_cannot_be_who_a_contact_is(worker: Client, others: Others) -> None:
    others.person("person-foreign", agency=OTHER_AGENCY)
    contact_id, other = a_contact(worker), a_contact(worker, "阿明")
    for stranger in ("person-9", "person-foreign", other):
        wrong = worker.post(f"/contacts/{contact_id}/identify", {"person_id": stranger}, version=1)
        assert field_codes(wrong) == [("person_id", "person_unknown")]
    assert worker.get(f"/contacts/{contact_id}").json["identified_as"] is None


def test_changing_a_contact_needs_the_newest_version_a_reason_and_the_role(
    worker: Client, others: Others, as_user: Callable[[str], Client]
) -> None:
    others.person("person-1")
    path, body = f"/contacts/{a_contact(worker)}", {"person_id": "person-1"}
    assert worker.post(f"{path}/identify", body).status_code == 428
    assert worker.post(f"{path}/identify", body, version=4).status_code == 412
    assert as_user("assistant").post(f"{path}/identify", body, version=1).status_code == 403
    assert as_user("worker-east").post(f"{path}/identify", body, version=1).status_code == 403
    assert as_user("foreign-worker").post(f"{path}/identify", body, version=1).status_code == 404
    assert worker.post(f"{path}/identify", body, version=1).status_code == 200
    assert field_codes(worker.post(f"{path}/unidentify", {"reason": "because"}, version=2)) == [
        ("reason", "unknown_code"),
    ]
    assert worker.post("/contacts/visit-1/identify", body, version=1).status_code == 404


def test_target_groups_begin_and_end_on_a_day(worker: Client) -> None:
    contact_id = a_contact(worker)
    begins = {"target_group": "hidden", "from_date": "2026-05-01"}
    ends = {"target_group": "hidden", "to_date": "2026-05-20"}
    assert worker.post(f"/contacts/{contact_id}/target-groups", begins, version=1).status_code == 200
    ended = worker.post(f"/contacts/{contact_id}/target-groups/end", ends, version=2)
    assert ended.json["target_groups"] == [{**begins, "to_date": "2026-05-20"}]
    groups = [
        worker.post("/visits", a_visit(contact_id, occurred_on=day)).json["participants"][0]["target_groups"]
        for day in ("2026-04-30", "2026-05-01", "2026-05-20", "2026-05-21")
    ]
    assert groups == [[], ["hidden"], ["hidden"], []]


def test_a_team_finds_its_own_contacts_and_may_name_those_of_another(
    worker: Client, as_user: Callable[[str], Client]
) -> None:
    contact_id = a_contact(worker)
    east = as_user("worker-east")
    assert found(east) == []
    assert east.get(f"/contacts/{contact_id}").status_code == 403
    assert east.post("/visits", a_visit(contact_id)).status_code == 201
    assert codes(east.post("/contacts", {"alias": "阿強"})) == []
    assert sorted(found(as_user("admin"))) == ["阿強", "阿強"]
    assert as_user("admin").post("/contacts", {"alias": "x", "team_id": OTHER_TEAM}).status_code == 201


def test_no_alias_mark_or_place_stands_in_the_database_in_clear(worker: Client, service: Service) -> None:
    place = worker.post("/places", {"name": "北河街公園", "district": "sham_shui_po"}).json["place_id"]
    contact_id = a_contact(worker, "阿強仔", marks="紅帽刺青", place_id=place)
    worker.post("/visits", a_visit(contact_id, note="他瘦了很多", helpers=["梅姨姨"], place_id=place))
    secrets = ["北河街公園", "阿強仔", "紅帽刺青", "他瘦了很多", "梅姨姨"]
    stored = b"".join(path.read_bytes() for path in service.settings.data.glob("*.db*"))
    for secret in secrets:
        assert secret.encode() not in stored
        assert secret.encode("unicode_escape") not in stored
    assert b"sham_shui_po" in stored


def test_places_are_the_agencys(worker: Client, as_user: Callable[[str], Client]) -> None:
    saved = worker.post("/places", {"name": " 北河街公園 ", "district": "sham_shui_po"})
    assert saved.status_code == 201
    (listed,) = as_user("worker-east").get("/places").json["items"]
    assert {name: saved.json[name] for name in listed} == listed
    assert listed["name"] == "北河街公園"
    assert as_user("foreign-worker").get("/places").json["items"] == []
    assert field_codes(worker.post("/places", {"name": "公園", "district": "深水埗"})) == [("district", "unknown_code")]
    assert field_codes(worker.post("/places", {"name": " "})) == [("name", "required")]
    taken = worker.post("/places", {"name": "x", "id": saved.json["place_id"]})
    assert (taken.status_code, taken.json["code"]) == (409, "place_exists")


def test_contacts_are_found_by_a_search_in_the_body_in_either_form_of_characters(
    worker: Client, as_user: Callable[[str], Client]
) -> None:
    worker.post("/contacts", {"alias": "阿強", "marks": "戴眼鏡"})
    for typed in ("阿強", "阿强", "眼镜"):
        assert [one["alias"] for one in worker.post("/contacts/search", {"q": typed}).json["items"]] == ["阿強"]
    assert worker.post("/contacts/search", {"q": "阿明"}).json["items"] == []
    assert as_user("worker-east").post("/contacts/search", {"q": "阿強"}).json["items"] == []
