"""Reading and signing off (簽閱): what waits for a leader, what is returned, and who sees the comment."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from shared.auth.accounts import Accounts
from shared.testing.people import page_client
from tests.contract.case.conftest import MOTHER, Client, a_session
from tests.contract.case.test_case_pages import send

COMMENT = "請補回面談時間"


def waiting(client: Client) -> dict[str, Any]:
    answered = client.post("/readings/waiting", {})
    assert answered.status_code == 200, answered.json
    return dict(answered.json)


def recorded(client: Client, day: str = "2026-05-20", **more: Any) -> str:
    return str(client.post("/sessions", a_session(MOTHER, occurred_on=day, **more)).json["session_id"])


def signed(client: Client, *versions: tuple[str, int]) -> Any:
    return client.post("/readings", {"items": [{"unit_id": one, "version": version} for one, version in versions]})


def test_what_others_record_waits_the_oldest_first_until_it_is_read(
    worker: Client, leader: Client, as_user: Callable[[str], Client], family: str
) -> None:
    second, first = recorded(worker, "2026-05-21"), recorded(as_user("assistant"), "2026-05-20")
    recorded(leader)  # Nobody waits for themselves,
    worker.post("/sessions/plan", a_session(MOTHER, occurred_on="2026-05-30"))  # nor for what is only planned.
    found = waiting(leader)
    assert [one["unit_id"] for one in found["items"]] == [first, second]
    assert found["count"] == leader.post("/today", {}).json["to_read"] == 2
    assert waiting(as_user("admin"))["count"] == 3
    assert leader.post("/readings/waiting", {"limit": 1}).json["next"] == f"2026-05-20_{first}"
    answered = signed(leader, (first, 1), (second, 7))
    assert (answered.status_code, answered.json) == (200, {"read": [first], "left": [second]})
    assert [one["unit_id"] for one in waiting(leader)["items"]] == [second]
    assert worker.get(f"/sessions/{first}").json["version"] == 1  # Nothing stands in the way of a correction.


def test_a_returned_entry_lies_with_its_author_until_it_is_corrected_and_then_waits_again(
    worker: Client, leader: Client, family: str
) -> None:
    entry = recorded(worker)
    assert leader.post(f"/readings/{entry}/return", {"comment": " "}, version=1).status_code == 422
    assert leader.post(f"/readings/{entry}/return", {"comment": COMMENT}, version=2).status_code == 412
    assert leader.post(f"/readings/{entry}/return", {"comment": COMMENT}, version=1).status_code == 200
    found = waiting(leader)
    assert (found["items"], [one["unit_id"] for one in found["returned"]]) == ([], [entry])
    needs = worker.post("/today", {}).json["needs"]
    assert [(one["why"], one["next"]) for one in needs] == [("returned", f"/case/sessions/{entry}/correct")]
    again = a_session(MOTHER, occurred_on="2026-05-20", minutes=45, reason="typing_error")
    assert worker.put(f"/sessions/{entry}", again, version=1).status_code == 200
    assert worker.post("/today", {}).json["needs"] == []
    assert [(one["unit_id"], one["version"]) for one in waiting(leader)["items"]] == [(entry, 2)]
    worker.post(f"/sessions/{entry}/void", {"reason": "typing_error"}, version=2)
    assert waiting(leader)["count"] == 0


def test_a_leader_reads_for_the_own_teams_and_nobody_else_reads(
    worker: Client, leader: Client, as_user: Callable[[str], Client], family: str
) -> None:
    entry = recorded(worker)
    assert waiting(as_user("foreign-leader"))["items"] == []
    for username, status in (("foreign-leader", 404), ("worker", 403), ("assistant", 403)):
        assert signed(as_user(username), (entry, 1)).status_code == status
    assert signed(leader, (recorded(leader), 1)).status_code == 403


def test_the_same_request_sent_twice_signs_once(worker: Client, leader: Client, family: str) -> None:
    entry = {"items": [{"unit_id": recorded(worker), "version": 1}]}
    answers = [leader.post("/readings", entry, Idempotency_Key="once").json for _ in range(2)]
    assert answers[0] == answers[1] == {"read": [entry["items"][0]["unit_id"]], "left": []}


@pytest.mark.parametrize(("author", "reads"), [("assistant", True), ("worker", False)])
def test_the_comment_is_shown_to_its_author_and_to_those_who_read_notes(
    app: Flask,
    accounts: Accounts,
    as_user: Callable[[str], Client],
    leader: Client,
    family: str,
    *,
    author: str,
    reads: bool,
) -> None:
    entry = recorded(as_user(author))
    browser = page_client(app, accounts, "leader")
    page = f"/case/sessions/{entry}"
    assert "Read and sign" in browser.get(page).text
    assert send(browser, f"{page}/return", f"{page}/return", comment="").status_code == 422
    assert send(browser, f"{page}/return", f"{page}/return", comment=COMMENT).status_code == 303
    shown = page_client(app, accounts, "assistant").get(page).text
    assert "A leader has returned this entry." in shown
    assert (COMMENT in shown) is reads
    assert "Read and sign" not in shown
    assert COMMENT in page_client(app, accounts, "worker").get(page).text
    assert send(browser, page, f"{page}/read").status_code == 303
    shown = browser.get(page).text
    assert "Read and signed" in shown
    assert "This entry has been read." in shown
