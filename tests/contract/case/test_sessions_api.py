"""Sessions through the API: what is accepted, what is refused, what is marked."""

from tests.contract.case.conftest import CASE, MOTHER, SON, Client, a_session


def test_a_session_is_recorded_under_the_contract_of_its_case(worker: Client, family: str) -> None:
    response = worker.post("/sessions", a_session(MOTHER, starts_at="14:30", ends_at="15:45", minutes=None))
    assert response.status_code == 201
    assert response.headers["ETag"] == '"1"'
    assert response.headers["X-Caseledger-Position"].startswith("case=")
    body = response.json
    assert body["segments"] == [{"contract_id": "kachi-2", "minutes": 75}]
    assert (body["team_id"], body["served_by"], body["entered_by"]) == (
        "team-west",
        ["account-worker"],
        "account-worker",
    )
    assert (body["phase"], body["status"], body["tags"], body["warnings"]) == ("recorded", "held", [], [])


def test_target_groups_are_those_of_the_day_unless_they_are_given(worker: Client, family: str) -> None:
    def groups(day: str, **more: object) -> list[str]:
        person = {"person_id": SON, "role": "drug_user", **more}
        found: list[str] = worker.post("/sessions", a_session(person, occurred_on=day)).json["participants"][0][
            "target_groups"
        ]
        return found

    assert groups("2026-03-10") == ["hidden"]
    assert groups("2026-03-11", target_groups=[]) == []
    assert groups("2026-03-12", target_groups=["low_motivation"]) == ["low_motivation"]
    ended = {"target_group": "hidden", "to_date": "2026-03-31"}
    assert worker.post(f"/people/{SON}/target-groups/end", ended, version=2).status_code == 200
    assert groups("2026-03-31") == ["hidden"]
    assert groups("2026-04-01") == []


def test_regular_service_has_no_contract(worker: Client, family: str) -> None:
    assert worker.post("/sessions", a_session(MOTHER, regular=True)).json["segments"] == []
    later = a_session(MOTHER, contract_id=None, occurred_on="2026-03-20")
    assert worker.post("/sessions", later).json["segments"] == []


def test_the_same_key_answers_the_same_session_again(worker: Client, family: str) -> None:
    body = a_session(MOTHER)
    first = worker.post("/sessions", body, Idempotency_Key="once")
    again = worker.post("/sessions", body, Idempotency_Key="once")
    assert (again.status_code, again.json) == (201, first.json)
    assert len(worker.get("/sessions", case_id=CASE).json["items"]) == 1
    other = worker.post("/sessions", a_session(MOTHER, minutes=30), Idempotency_Key="once")
    assert (other.status_code, other.json["code"]) == (422, "key_reused")
