"""What happens here when case says that a person was erased."""

from collections.abc import Callable

from shared.bus.embedded import EmbeddedBus
from shared.bus.port import events_topic
from shared.rebuild import rebuild
from shared.service import Service
from tests.contract.groups.conftest import Client, Others, a_meeting


def erase(others: Others, person_id: str) -> None:
    others.publish("case", "PersonErased", person_id, person_id=person_id, reason="asked")


def answers(service: Service, person_id: str) -> list[tuple[str, str, str]]:
    with service.database.read() as connection:
        stored = service.store.load(connection, f"erasure-{person_id}")
    return [(one.type, one.event.person_id, one.event.service) for one in stored]


def test_an_erasure_is_answered_once_however_often_it_is_told(service: Service, others: Others, circle: str) -> None:
    erase(others, "person-000")
    erase(others, "person-000")
    assert answers(service, "person-000") == [("PersonKeysDropped", "person-000", "groups")]
    with service.database.read() as connection:
        assert service.vault.is_destroyed(connection, "person-000")


def test_an_erasure_delivered_twice_is_answered_once(service: Service, others: Others, circle: str) -> None:
    erase(others, "person-000")
    (last,) = [one for one in others.bus.newest(events_topic("case")) if one.key == "person-000"]
    with service.database.read() as connection:
        before = service.store.head(connection)
    others.bus.publish(last.topic, [type("M", (), {"key": last.key, "value": last.value})()])
    while service.intake.behind():
        service.intake.run_once(0.1)
    with service.database.read() as connection:
        assert service.store.head(connection) == before


def test_attendance_stays_and_a_note_about_several_people_waits_for_a_leader(
    as_user: Callable[[str], Client], others: Others, circle: str
) -> None:
    worker, leader = as_user("worker"), as_user("leader")
    noted = worker.post("/meetings", a_meeting("person-000", "person-001", note="兩人爭執")).json["meeting_id"]
    worker.post("/meetings", a_meeting("person-000", occurred_on="2026-03-16"))
    worker.post("/meetings", a_meeting("person-001", occurred_on="2026-03-23", note="平靜"))
    assert leader.get("/note-reviews").json["items"] == []
    erase(others, "person-000")
    assert [one["meeting_id"] for one in leader.get("/note-reviews").json["items"]] == [noted]
    read = worker.get(f"/meetings/{noted}").json
    assert [one["person_id"] for one in read["participants"]] == ["person-000", "person-001"]
    assert read["note"] == "兩人爭執"


def test_a_leader_destroys_the_note_in_all_versions_and_the_meeting_can_still_be_corrected(
    as_user: Callable[[str], Client], others: Others, circle: str, service: Service, bus: EmbeddedBus
) -> None:
    worker, leader = as_user("worker"), as_user("leader")
    meeting_id = worker.post("/meetings", a_meeting("person-000", "person-001", note="第一稿")).json["meeting_id"]
    change = a_meeting("person-000", "person-001", note="第二稿", reason="new_information")
    worker.put(f"/meetings/{meeting_id}", change, version=1)
    erase(others, "person-000")
    assert leader.post(f"/note-reviews/{meeting_id}", {"decision": "destroyed"}).status_code == 200
    assert leader.get("/note-reviews").json["items"] == []
    assert worker.get(f"/meetings/{meeting_id}").json["note"] is None
    assert {one["note"] for one in worker.get(f"/meetings/{meeting_id}/history").json["items"]} == {None}
    anew = a_meeting("person-000", "person-001", note="第三稿", reason="new_information", reason_text="刪去姓名")
    assert worker.put(f"/meetings/{meeting_id}", anew, version=2).status_code == 200
    assert worker.get(f"/meetings/{meeting_id}").json["note"] == "第三稿"
    assert (
        worker.post(f"/meetings/{meeting_id}/void", {"reason": "other", "reason_text": "x"}, version=3).status_code
        == 200
    )
    assert rebuild(service, bus).differences == ()


def test_a_leader_may_keep_the_note(
    as_user: Callable[[str], Client], others: Others, circle: str, service: Service, bus: EmbeddedBus
) -> None:
    worker, leader = as_user("worker"), as_user("leader")
    meeting_id = worker.post("/meetings", a_meeting("person-000", note="無姓名")).json["meeting_id"]
    erase(others, "person-000")
    assert leader.post(f"/note-reviews/{meeting_id}", {"decision": "kept"}).status_code == 200
    assert worker.get(f"/meetings/{meeting_id}").json["note"] == "無姓名"
    again = leader.post(f"/note-reviews/{meeting_id}", {"decision": "destroyed"})
    assert (again.status_code, again.json["code"]) == (409, "nothing_to_review")
    assert rebuild(service, bus).differences == ()


def test_only_leaders_see_and_decide(as_user: Callable[[str], Client], others: Others, circle: str) -> None:
    worker = as_user("worker")
    meeting_id = worker.post("/meetings", a_meeting("person-000", note="x")).json["meeting_id"]
    erase(others, "person-000")
    for username, status in (("worker", 403), ("assistant", 403), ("funder", 403)):
        assert as_user(username).get("/note-reviews").status_code == status
    assert as_user("foreign-leader").get("/note-reviews").json["items"] == []
    decision = {"decision": "destroyed"}
    assert as_user("foreign-leader").post(f"/note-reviews/{meeting_id}", decision).status_code == 404
    assert as_user("leader").post(f"/note-reviews/{meeting_id}", {"decision": "maybe"}).status_code == 422
    assert as_user("admin").get("/note-reviews").json["items"] != []
