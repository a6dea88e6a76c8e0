"""People through the API: registered, found again, merged, un-merged, erased; who looked is written down."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from services.case.tables import person_search, person_term
from shared.service import Service
from tests.contract.case.conftest import MOTHER, SON, Client, Others, a_session, add_person, field_codes


def test_an_alias_alone_is_enough_and_a_client_number_is_given(worker: Client) -> None:
    body = add_person(worker, "person-a", alias="阿B")
    assert (body["client_number"], body["label"], body["team_id"], body["version"]) == ("P00001", "阿B", "team-west", 1)
    assert add_person(worker, "person-b", alias="另一個")["client_number"] == "P00002"
    nameless = worker.post("/people", {"alias": "  "})
    assert (nameless.status_code, field_codes(nameless)) == (422, [("alias", "name_missing")])


def test_only_codes_of_a_person_are_published(worker: Client, service: Service) -> None:
    add_person(worker, "person-a", name_zh="陳大文", phone="9123 4567", birth_year=1987, gender="male", note="怕狗")
    with service.database.read() as connection:
        (raw,) = service.store.read_raw(connection, 0, 10)
    assert b"1985-1989" in raw.data
    for secret in ("陳大文", "9123", "1987", "怕狗"):
        assert secret.encode() not in raw.data


def test_unknown_codes_and_wrong_years_name_their_fields(worker: Client) -> None:
    body = {"alias": "a", "gender": "x", "district": "mars", "birth_year": 2090}
    wrong = worker.post("/people", body)
    assert wrong.status_code == 422
    assert {path for path, _ in field_codes(wrong)} == {"gender", "district", "birth_year"}
    role = worker.post("/people", {"alias": "a", "roles": [{"role": "king", "from_date": "2026-01-01"}]})
    assert field_codes(role) == [("roles.0", "unknown_code")]


def test_a_client_number_is_unique_in_the_agency_and_not_beyond(
    worker: Client, as_user: Callable[[str], Client]
) -> None:
    add_person(worker, "person-a", client_number="W-1")
    taken = worker.post("/people", {"alias": "b", "client_number": "W-1"})
    assert (taken.status_code, taken.json["code"]) == (409, "client_number_taken")
    assert as_user("foreign-worker").post("/people", {"alias": "b", "client_number": "W-1"}).status_code == 201


@pytest.mark.parametrize(
    "again",
    [{"name_en": "ＣＨＡＮ  tai-man"}, {"alias": "chan taiman"}, {"name_en": "X", "phone": "9123-4567"}],
    ids=["full width and case", "as an alias", "the same phone"],
)
def test_a_possible_duplicate_is_told_before_and_after_saving(worker: Client, again: dict[str, str]) -> None:
    add_person(worker, "person-a", name_en="Chan Tai Man", phone="9123 4567")
    preview = worker.post("/people?dry_run=true", again)
    assert (preview.status_code, [one["person_id"] for one in preview.json["warnings"]]) == (200, ["person-a"])
    assert worker.get("/people", q="tai man").json["items"][0]["person_id"] == "person-a"
    assert len(worker.get("/people").json["items"]) == 1
    saved = worker.post("/people", again)
    assert [(one["code"], one["label"]) for one in saved.json["warnings"]] == [("possible_duplicate", "Chan Tai Man")]


def test_search_covers_the_agency_with_code_name_and_team_alone(as_user: Callable[[str], Client]) -> None:
    add_person(as_user("worker-east"), "person-a", name_zh="何小姐", phone="61234567", note="私隱")
    found = as_user("worker").get("/people", q="何").json["items"]
    assert [(one["person_id"], one["label"], one["team_id"]) for one in found] == [("person-a", "何小姐", "team-east")]
    assert "phone" not in found[0]
    assert as_user("worker").post("/people/search", {"q": "何", "limit": 20}).json["items"] == found
    assert as_user("worker").get("/people").json["items"] == []
    assert as_user("foreign-worker").get("/people", q="何").json["items"] == []
    assert as_user("worker").get("/people/person-a").status_code == 403
    assert as_user("foreign-worker").get("/people/person-a").status_code == 404


def test_details_are_corrected_and_what_is_left_out_stays(worker: Client) -> None:
    add_person(worker, "person-a", alias="阿B", phone="61234567", gender="male", note="晚上致電")
    changed = worker.put("/people/person-a", {"name_zh": "李阿B", "gender": None}, version=1).json
    assert (changed["name_zh"], changed["alias"], changed["phone"], changed["gender"]) == (
        "李阿B",
        "阿B",
        "61234567",
        None,
    )
    assert changed["note"] == "晚上致電"
    assert [one["label"] for one in worker.get("/people", q="李阿").json["items"]] == ["李阿B"]
    same = worker.put("/people/person-a", {"name_zh": "李阿B"}, version=2)
    assert (same.status_code, same.json["code"]) == (409, "nothing_changed")
    assert worker.put("/people/person-a", {"alias": "C"}, version=1).status_code == 412
    assert worker.put("/people/person-a", {"alias": "C"}).status_code == 428


def test_an_assistant_reads_no_notes_and_keeps_them_in_a_correction(as_user: Callable[[str], Client]) -> None:
    add_person(as_user("worker"), "person-a", alias="阿B", note="晚上致電")
    assistant = as_user("assistant")
    assert "note" not in assistant.get("/people/person-a").json
    assert "note" not in assistant.put("/people/person-a", {"phone": "61234567"}, version=1).json
    assert as_user("worker").get("/people/person-a").json["note"] == "晚上致電"


def test_roles_and_target_groups_are_dated(worker: Client) -> None:
    add_person(worker, "person-a")
    given = worker.post("/people/person-a/roles", {"role": "drug_user", "from_date": "2026-02-01"}, version=1)
    assert given.json["roles"] == [{"role": "drug_user", "from_date": "2026-02-01", "to_date": None}]
    twice = worker.post("/people/person-a/roles", {"role": "drug_user", "from_date": "2026-03-01"}, version=2)
    assert (twice.status_code, twice.json["code"]) == (409, "held_already")
    early = worker.post("/people/person-a/roles/end", {"role": "drug_user", "to_date": "2026-01-31"}, version=2)
    assert field_codes(early) == [("to_date", "end_before_start")]
    ended = worker.post("/people/person-a/roles/end", {"role": "drug_user", "to_date": "2026-03-31"}, version=2)
    assert ended.json["roles"][0]["to_date"] == "2026-03-31"
    again = worker.post("/people/person-a/roles", {"role": "peer_supporter", "from_date": "2026-04-01"}, version=3)
    assert [one["role"] for one in again.json["roles"]] == ["drug_user", "peer_supporter"]


def test_of_two_opposite_merges_one_wins(worker: Client, leader: Client) -> None:
    add_person(worker, "person-a")
    add_person(worker, "person-b")
    assert leader.post("/people/person-a/merge", {"into": "person-b", "into_version": 1}, version=1).status_code == 200
    other = leader.post("/people/person-b/merge", {"into": "person-a", "into_version": 1}, version=1)
    assert other.status_code in (409, 412)
    assert worker.get("/people/person-b").json["absorbed"] == ["person-a"]


def test_a_merge_needs_both_versions_as_they_were_seen(worker: Client, leader: Client) -> None:
    add_person(worker, "person-a")
    add_person(worker, "person-b")
    worker.put("/people/person-b", {"alias": "changed"}, version=1)
    stale = leader.post("/people/person-a/merge", {"into": "person-b", "into_version": 1}, version=1)
    assert stale.status_code == 412
    assert worker.get("/people/person-a").json["merged_into"] is None


def test_merging_somebody_merged_away_is_refused_and_chains_come_apart_exactly(worker: Client, leader: Client) -> None:
    for name in "abc":
        add_person(worker, f"person-{name}")
    before = worker.get("/people/person-a").json
    leader.post("/people/person-a/merge", {"into": "person-b", "into_version": 1}, version=1)
    gone = leader.post("/people/person-c/merge", {"into": "person-a", "into_version": 2}, version=1)
    assert (gone.status_code, gone.json["code"]) == (409, "person_merged")
    again = leader.post("/people/person-a/merge", {"into": "person-c", "into_version": 1}, version=2)
    assert again.status_code == 409
    leader.post("/people/person-b/merge", {"into": "person-c", "into_version": 1}, version=2)
    assert worker.put("/people/person-a", {"alias": "x"}, version=2).json["code"] == "person_merged"
    apart = leader.post("/people/person-a/unmerge", {"reason": "wrong_person"}, version=2)
    assert apart.status_code == 200
    after = worker.get("/people/person-a").json
    assert {**after, "version": 1} == before
    assert worker.get("/people/person-b").json["absorbed"] == []
    assert leader.post("/people/person-a/unmerge", {}, version=3).json["code"] == "not_merged"


def test_a_merged_person_is_a_member_by_either_id_until_they_are_apart_again(
    worker: Client, leader: Client, family: str
) -> None:
    add_person(worker, "person-twin")
    refused = worker.post("/sessions", a_session("person-twin"))
    assert field_codes(refused) == [("participants.0", "not_a_member")]
    version = worker.get(f"/people/{SON}").json["version"]
    leader.post("/people/person-twin/merge", {"into": SON, "into_version": version}, version=1)
    accepted = worker.post("/sessions", a_session("person-twin"))
    assert accepted.status_code == 201
    assert accepted.json["participants"][0]["target_groups"] == ["hidden"]
    assert [one["code"] for one in accepted.json["warnings"]] == ["person_merged"]
    leader.post("/people/person-twin/unmerge", {}, version=2)
    assert worker.post("/sessions", a_session("person-twin", occurred_on="2026-03-10")).status_code == 422


def test_an_erased_person_has_no_name_anywhere_here(
    worker: Client, leader: Client, service: Service, family: str
) -> None:
    add_person(worker, "person-twin", name_zh="陳明")
    leader.post("/people/person-twin/merge", {"into": SON, "into_version": 2}, version=1)
    worker.post("/sessions", a_session(SON, note="談及工作"))
    shared = worker.post("/sessions", a_session(MOTHER, SON, occurred_on="2026-03-10", note="二人同來")).json
    assert leader.post(f"/people/{SON}/erase", {"reason": "requested"}, version=3).status_code == 200
    read = worker.get(f"/people/{SON}").json
    assert (read["erased"], read["alias"], read["label"]) == (True, None, read["client_number"])
    assert worker.get("/people/person-twin").json["name_zh"] is None
    notes = [worker.get(f"/sessions/{one['session_id']}").json["note"] for one in worker.get("/sessions").json["items"]]
    assert notes == ["二人同來", None]
    with service.database.read() as connection:
        names = select(person_search.c.person_id)
        assert set(connection.scalars(names)) == {MOTHER}
        assert set(connection.scalars(select(person_term.c.person_id))) == {MOTHER}
    left = worker.get(f"/people/{SON}/erasure").json
    assert (left["answered"], left["completed_at"], left["shared_notes"]) == ([], None, [shared["session_id"]])
    assert worker.put(f"/people/{SON}", {"alias": "back"}, version=4).json["code"] == "person_erased"
    refused = worker.post("/sessions", a_session(SON, occurred_on="2026-03-12"))
    assert field_codes(refused) == [("participants.0.person_id", "person_unknown")]


def test_a_leader_keeps_or_destroys_notes_about_several_people_after_an_erasure(
    worker: Client, leader: Client, family: str
) -> None:
    both = [
        worker.post("/sessions", a_session(MOTHER, SON, occurred_on=day, note="二人同來")).json["session_id"]
        for day in ("2026-03-10", "2026-03-11")
    ]
    worker.post("/sessions", a_session(MOTHER, SON))
    assert leader.post(f"/note-reviews/{both[0]}", {"decision": "kept"}).json["code"] == "nothing_to_review"
    leader.post(f"/people/{SON}/erase", {}, version=2)
    assert [one["session_id"] for one in leader.get("/note-reviews").json["items"]] == both
    assert field_codes(leader.post(f"/note-reviews/{both[0]}", {"decision": "burnt"})) == [("decision", "unknown_code")]
    assert worker.post(f"/note-reviews/{both[0]}", {"decision": "destroyed"}).status_code == 403
    assert leader.post(f"/note-reviews/{both[0]}", {"decision": "destroyed"}).status_code == 200
    assert leader.post(f"/note-reviews/{both[1]}", {"decision": "kept"}).status_code == 200
    assert leader.get("/note-reviews").json["items"] == []
    assert worker.get(f"/people/{SON}/erasure").json["shared_notes"] == []
    assert [worker.get(f"/sessions/{one}").json["note"] for one in both] == [None, "二人同來"]
    change = a_session(MOTHER, SON, occurred_on="2026-03-10", note="新筆記", reason="new_information")
    assert worker.put(f"/sessions/{both[0]}", change, version=1).json["note"] == "新筆記"


def test_what_was_written_after_one_erasure_can_be_destroyed_after_the_next(
    worker: Client, leader: Client, service: Service, family: str
) -> None:
    session_id = worker.post("/sessions", a_session(MOTHER, SON, note="二人同來")).json["session_id"]
    leader.post(f"/people/{SON}/erase", {}, version=2)
    leader.post(f"/note-reviews/{session_id}", {"decision": "destroyed"})
    again = a_session(MOTHER, SON, note="母親的近況", reason="new_information")
    assert worker.put(f"/sessions/{session_id}", again, version=1).json["note"] == "母親的近況"
    leader.post(f"/people/{MOTHER}/erase", {}, version=2)
    assert leader.post(f"/note-reviews/{session_id}", {"decision": "destroyed"}).status_code == 200
    assert worker.get(f"/sessions/{session_id}").json["note"] is None
    with service.database.read() as connection:
        story = service.store.load(connection, session_id)
    assert [one.erased for one in story] == [True, True]


def test_an_entry_with_an_erased_person_can_still_be_corrected(worker: Client, leader: Client, family: str) -> None:
    session_id = worker.post("/sessions", a_session(MOTHER, SON)).json["session_id"]
    leader.post(f"/people/{SON}/erase", {}, version=2)
    change = a_session(MOTHER, SON, minutes=45, reason="typing_error")
    assert worker.put(f"/sessions/{session_id}", change, version=1).status_code == 200
    alone = a_session(SON, minutes=45, note="x", reason="typing_error")
    assert worker.put(f"/sessions/{session_id}", alone, version=2).status_code == 200


def test_an_erasure_is_complete_when_every_service_has_dropped_its_keys(
    worker: Client, leader: Client, others: Others, service: Service
) -> None:
    add_person(worker, "person-a")
    leader.post("/people/person-a/erase", {}, version=1)
    for name in ("groups", "outreach", "groups"):
        others.publish(name, "PersonKeysDropped", "erasure-person-a", person_id="person-a", service=name)
    assert worker.get("/people/person-a/erasure").json["completed_at"] is None
    others.publish("reporting", "PersonKeysDropped", "erasure-person-a", person_id="person-a", service="reporting")
    done = worker.get("/people/person-a/erasure").json
    assert (done["answered"], done["completed_at"] is None) == (["groups", "outreach", "reporting"], False)
    with service.database.read() as connection:
        story = [one.type for one in service.store.load(connection, "person-a")]
    assert story == ["PersonRegistered", "PersonErased", "PersonErasureCompleted"]


def test_names_are_given_to_pages_of_the_agency_and_every_look_is_written_down(
    as_user: Callable[[str], Client],
) -> None:
    worker, leader, foreign = as_user("worker"), as_user("leader"), as_user("foreign-worker")
    add_person(worker, "person-a", name_zh="何小姐")
    asked = {"person_ids": ["person-a", "person-nobody"], "place": "groups: meeting"}
    named = as_user("worker-east").post("/names", asked).json["names"]
    assert named == {"person-a": {"label": "何小姐", "client_number": "P00001", "team_id": "team-west"}}
    assert foreign.post("/names", asked).json == {"names": {}}
    worker.get("/people/person-a")
    looks = leader.get("/people/person-a/looks").json["items"]
    assert [(one["actor"], one["place"]) for one in looks] == [
        ("account-worker", "api"),
        ("account-worker-east", "groups: meeting"),
    ]
    assert worker.get("/people/person-a/looks").status_code == 403


def test_leaders_alone_merge_and_erase_and_a_funder_sees_nobody(as_user: Callable[[str], Client]) -> None:
    add_person(as_user("worker"), "person-a")
    assert as_user("worker").post("/people/person-a/erase", {}, version=1).status_code == 403
    assert as_user("assistant").post("/people/person-a/merge", {"into": "x", "into_version": 1}).status_code == 403
    for path in ("/people", "/people/person-a", "/cases", "/sessions"):
        assert as_user("funder").get(path).status_code == 403
    assert as_user("foreign-admin").post("/people/person-a/erase", {}, version=1).status_code == 404
    assert as_user("admin").post("/people/person-a/erase", {}, version=1).status_code == 200


def test_the_read_tables_are_the_same_after_a_rebuild(
    worker: Client, leader: Client, service: Service, family: str
) -> None:
    from services.case.tables import PROJECTED

    add_person(worker, "person-twin", name_zh="陳明")
    leader.post("/people/person-twin/merge", {"into": SON, "into_version": 2}, version=1)
    session_id = worker.post("/sessions", a_session(SON, note="談及工作")).json["session_id"]
    worker.post(f"/sessions/{session_id}/void", {"reason": "duplicate"}, version=1)
    add_person(worker, "person-gone", name_zh="去")
    leader.post("/people/person-gone/erase", {}, version=1)
    shared = [
        worker.post("/sessions", a_session(MOTHER, SON, occurred_on=day, note="同來")).json["session_id"]
        for day in ("2026-03-10", "2026-03-11", "2026-03-12")
    ]
    for people in ((SON,), (MOTHER,), (MOTHER, SON)):
        made = worker.post("/sessions", a_session(*people, child_safety_concern=True)).json["session_id"]
        (task,) = worker.get("/tasks", entry_id=made).json["items"]
        decided = {"decision": "consult", "note": "同談"}
        assert worker.post(f"/tasks/{task['task_id']}/decisions", decided, version=1).status_code == 201
    leader.post(f"/people/{SON}/erase", {}, version=3)
    assert leader.post(f"/note-reviews/{made}", {"decision": "destroyed"}).status_code == 200
    leader.post(f"/note-reviews/{shared[0]}", {"decision": "destroyed"})
    leader.post(f"/note-reviews/{shared[1]}", {"decision": "kept"})
    worker.post(f"/cases/{family}/close", {"on": "2026-05-01"}, version=3)

    def rows() -> dict[str, list[tuple[object, ...]]]:
        with service.database.read() as connection:
            return {table.name: sorted(map(tuple, connection.execute(select(table))), key=str) for table in PROJECTED}

    before = rows()
    with service.database.write() as connection:
        for table in PROJECTED:
            connection.execute(table.delete())
        service.store.reproject(connection)
    assert rows() == before
