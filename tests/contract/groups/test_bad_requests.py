"""Bad requests change nothing, and get a problem document in the language of the person."""

from flask.testing import FlaskClient

from shared.ids import new_id
from shared.service import Service
from tests.contract.groups.conftest import Client, a_meeting


def head(service: Service) -> int:
    with service.database.read() as connection:
        return service.store.head(connection)[0]


def test_bad_requests_change_nothing(service: Service, worker: Client, circle: str) -> None:
    before = head(service)
    key = {"Idempotency-Key": new_id("key")}
    client: FlaskClient = worker.client
    asked = {
        400: client.post(f"{worker.api}/meetings", data=b"{", content_type="application/json", headers=key),
        415: client.post(f"{worker.api}/meetings", data=b"<a/>", content_type="text/xml", headers=key),
        413: client.post(
            f"{worker.api}/meetings", data=b'"' + b"x" * 1_000_001 + b'"', content_type="application/json", headers=key
        ),
        422: client.post(f"{worker.api}/meetings", json={"occurred_on": "2026-03-09", "surprise": 1}, headers=key),
    }
    assert {wanted: answer.status_code for wanted, answer in asked.items()} == {wanted: wanted for wanted in asked}
    assert {answer.mimetype for answer in asked.values()} == {"application/problem+json"}
    without_key = worker.post("/meetings", a_meeting("person-000"), Idempotency_Key="")
    assert (without_key.status_code, without_key.json["code"]) == (400, "idempotency_key_missing")
    stranger = client.application.test_client()
    signed_out = stranger.post(f"{worker.api}/meetings", json=a_meeting("person-000"), headers=key)
    assert signed_out.status_code == 401
    assert head(service) == before


def test_a_key_used_for_another_meeting_is_refused(service: Service, worker: Client, circle: str) -> None:
    worker.post("/meetings", a_meeting("person-000"), Idempotency_Key="once")
    before = head(service)
    other = worker.post("/meetings", a_meeting("person-001"), Idempotency_Key="once")
    assert (other.status_code, other.json["code"]) == (422, "key_reused")
    assert head(service) == before


def test_ax_04_a_meeting_sent_twice_by_a_phone_is_one_meeting(service: Service, worker: Client, circle: str) -> None:
    first = worker.post("/meetings", a_meeting("person-000"), Idempotency_Key="phone")
    before = head(service)
    again = worker.post("/meetings", a_meeting("person-000"), Idempotency_Key="phone")
    assert (again.status_code, again.json, again.headers["ETag"]) == (201, first.json, first.headers["ETag"])
    assert head(service) == before


def test_a_preview_answers_as_saving_would_and_saves_nothing(service: Service, worker: Client, circle: str) -> None:
    before = head(service)
    preview = worker.post("/meetings?dry_run=true", a_meeting("person-000"), Idempotency_Key="")
    assert (preview.status_code, preview.json["participants"][0]["person_id"]) == (200, "person-000")
    refused = worker.post("/meetings?dry_run=true", a_meeting("person-nobody"), Idempotency_Key="")
    assert refused.status_code == 422
    assert head(service) == before
    assert worker.get("/meetings").json["items"] == []
