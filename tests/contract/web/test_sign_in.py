"""The sign-in API, the first run, and what an administrator does, over HTTP."""

import re
from pathlib import Path

import pytest
from flask import Flask

from shared.auth import leaving
from shared.auth.accounts import Accounts
from shared.auth.setup_code import setup_code
from shared.service import Service
from shared.testing.people import AGENCY, OTHER_TEAM, PASSWORD, SAME_ORIGIN, TEAM, api_client, page_client


def founding(code: str, username: str = "chan") -> dict[str, object]:
    return {
        "setup_code": code,
        "id": "agency-new",
        "name": "新機構",
        "team": {"id": "team-new", "name": "第一隊"},
        "administrator": {"username": username, "password": PASSWORD, "display_name": "陳主任"},
    }


def test_sign_in_gives_a_token_that_works_until_sign_out(app: Flask, people: Accounts) -> None:
    client = app.test_client()
    answer = client.post("/api/v1/sessions", json={"username": "Worker", "password": PASSWORD})
    assert answer.status_code == 201
    bearer = {"Authorization": f"Bearer {answer.json['token']}"}
    me = client.get("/api/v1/me", headers=bearer)
    assert me.json == answer.json["account"]
    assert (me.json["agency_id"], me.json["role"], me.json["team_ids"]) == (AGENCY, "worker", [TEAM])
    assert client.delete("/api/v1/sessions/current", headers=bearer).status_code == 204
    assert client.get("/api/v1/me", headers=bearer).status_code == 401


def test_a_wrong_password_and_an_unknown_name_answer_alike(app: Flask, people: Accounts) -> None:
    client = app.test_client()
    answers = [
        client.post("/api/v1/sessions", json={"username": name, "password": "not this one"}).json
        for name in ("worker", "nobody")
    ]
    for answer in answers:
        del answer["correlation_id"]
    assert answers[0] == answers[1]
    assert answers[0]["status"] == 401


def test_an_administrator_creates_teams_and_accounts_of_the_own_agency_only(app: Flask, people: Accounts) -> None:
    admin = api_client(app, people, "admin")
    team = admin.post("/api/v1/teams", json={"id": "team-new", "name": "新隊"})
    assert (team.status_code, team.json) == (201, {"team_id": "team-new", "name": "新隊"})
    account = {"username": "siu-ming", "password": PASSWORD, "display_name": "小明", "role": "worker"}
    made = admin.post("/api/v1/accounts", json=account | {"team_ids": ["team-new"]})
    assert made.status_code == 201
    assert "password" not in made.json
    assert people.sign_in("siu-ming", PASSWORD).identity.team_ids == {"team-new"}
    foreign = admin.post("/api/v1/accounts", json=account | {"username": "b", "team_ids": ["team-foreign"]})
    assert [field["path"] for field in foreign.json["fields"]] == ["username"]
    foreign = admin.post("/api/v1/accounts", json=account | {"username": "other", "team_ids": ["team-foreign"]})
    assert (foreign.status_code, foreign.json["fields"][0]["code"]) == (422, "team_unknown")
    taken = admin.post("/api/v1/accounts", json=account | {"team_ids": ["team-new"]})
    assert (taken.status_code, taken.json["code"]) == (409, "taken")
    names = {item["username"] for item in admin.get("/api/v1/accounts").json["items"]}
    assert "siu-ming" in names
    assert not any(name.startswith("foreign") for name in names)


def test_another_agencys_account_is_404_and_unchanged(app: Flask, people: Accounts) -> None:
    admin = api_client(app, people, "foreign-admin")
    assert admin.post("/api/v1/accounts/account-worker/disable").status_code == 404
    reset = admin.put("/api/v1/accounts/account-worker/password", json={"password": "another one entirely"})
    assert reset.status_code == 404
    assert people.sign_in("worker", PASSWORD)


def test_a_disabled_account_and_a_reset_password_end_the_sessions_at_once(
    app: Flask, people: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leaving, "left_to_hand_over", lambda _: 0)
    admin = api_client(app, people, "admin")
    worker, leader = api_client(app, people, "worker"), api_client(app, people, "leader")
    assert admin.post("/api/v1/accounts/account-worker/disable").status_code == 204
    assert admin.put("/api/v1/accounts/account-leader/password", json={"password": "another one"}).status_code == 204
    assert (worker.get("/api/v1/me").status_code, leader.get("/api/v1/me").status_code) == (401, 401)
    again = app.test_client().post("/api/v1/sessions", json={"username": "worker", "password": PASSWORD})
    assert again.status_code == 401


def test_agencies_are_created_with_the_setup_code_only(app: Flask, people: Accounts, tmp_path: Path) -> None:
    client = app.test_client()
    assert client.post("/api/v1/agencies", json=founding("guess")).status_code == 403
    made = client.post("/api/v1/agencies", json=founding(setup_code(tmp_path)))
    assert made.status_code == 201
    assert made.json["agency_id"] == "agency-new"
    who = people.sign_in("chan", PASSWORD).identity
    assert (who.agency_id, who.role) == ("agency-new", "agency_admin")
    assert (tmp_path / "setup-code").stat().st_mode & 0o777 == 0o600


def test_founding_an_agency_is_all_or_nothing(app: Flask, people: Accounts, tmp_path: Path) -> None:
    answer = app.test_client().post("/api/v1/agencies", json=founding(setup_code(tmp_path), username="worker"))
    assert answer.status_code == 409
    assert "agency-new" not in dict(people.list_agencies())


FIRST = {"agency": "家和會", "team": "西九龍隊", "display_name": "陳主任", "username": "chan", "password": PASSWORD}


def test_the_first_run_makes_agency_team_and_administrator_once(app: Flask, accounts: Accounts, tmp_path: Path) -> None:
    client = app.test_client()
    assert client.get("/sign-in").location == "/first-run"
    assert client.get("/first-run").status_code == 200
    assert client.post("/first-run", data=FIRST | {"setup_code": "guess"}).status_code == 403
    assert accounts.is_empty()
    short = client.post("/first-run", data=FIRST | {"setup_code": setup_code(tmp_path), "password": "short"})
    assert (short.status_code, accounts.is_empty()) == (422, True)
    done = client.post("/first-run", data=FIRST | {"setup_code": setup_code(tmp_path)})
    assert (done.status_code, done.location) == (303, "/")
    assert client.get("/api/v1/me").json["role"] == "agency_admin"
    stranger = app.test_client()
    assert stranger.get("/first-run").status_code == 404
    again = stranger.post("/first-run", data=FIRST | {"setup_code": setup_code(tmp_path), "username": "second"})
    assert again.status_code == 404
    assert len(accounts.list_agencies()) == 1


def test_the_sign_in_cookie_is_out_of_reach_of_scripts_and_other_sites(app: Flask, people: Accounts) -> None:
    answer = app.test_client().post("/sign-in", data={"username": "worker", "password": PASSWORD})
    cookie = next(value for name, value in answer.headers if name == "Set-Cookie" and value.startswith("caseledger="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_wrong_sign_in_keeps_the_name_and_says_so_in_chinese(app: Flask, people: Accounts) -> None:
    answer = app.test_client().post(
        "/sign-in", data={"username": "worker", "password": "wrong one"}, headers={"Accept-Language": "zh-HK"}
    )
    assert answer.status_code == 401
    assert 'value="worker"' in answer.text
    assert "用戶名稱或密碼不正確" in answer.text


def test_signing_out_on_a_page_ends_the_session_on_the_server(app: Flask, people: Accounts) -> None:
    client = page_client(app, people, "worker")
    cookie = client.get_cookie("caseledger")
    assert cookie is not None
    assert client.post("/sign-out").location == "/sign-in"
    assert people.identity_of(cookie.value) is None


def test_somebody_changes_the_own_password(app: Flask, people: Accounts) -> None:
    client = page_client(app, people, "worker")
    new = {"current_password": PASSWORD, "password": "a new long one", "password_again": "a new long one"}
    assert client.post("/account/password", data=new | {"password_again": "other"}).status_code == 422
    assert client.post("/account/password", data=new | {"current_password": "wrong"}).status_code == 422
    assert client.post("/account/password", data=new).status_code == 303
    assert client.get("/account").status_code == 303
    assert people.sign_in("worker", "a new long one")


def test_an_administrator_works_on_the_accounts_page(app: Flask, people: Accounts) -> None:
    client = page_client(app, people, "admin")
    made = client.post("/accounts", data={"display_name": "阿May", "username": "may", "password": PASSWORD,
                                          "role": "worker", "team_ids": [TEAM]})  # fmt: skip
    assert made.status_code == 200
    given = re.search(r'handed-over">([^<]+)<', made.text)
    assert given is not None
    page = client.get("/accounts").text
    assert given[1] not in page  # Shown this once.
    assert "阿May" in page
    assert "Foreign" not in page
    assert client.post("/accounts", data={"display_name": "x", "username": "may"}).status_code == 422
    assert people.sign_in("may", given[1]).identity.must_change
    assert page_client(app, people, "leader").get("/accounts").status_code == 403


def test_a_temporary_password_opens_nothing_but_the_form_that_changes_it(app: Flask, people: Accounts) -> None:
    reset = page_client(app, people, "admin").post("/accounts/account-worker/password")
    given = re.search(r'handed-over">([^<]+)<', reset.text)
    assert given is not None
    client = app.test_client()
    client.post("/sign-in", data={"username": "worker", "password": given[1]}, headers=SAME_ORIGIN)
    opened = client.get("/case/diary")
    assert (opened.status_code, opened.location) == (303, "/account")
    assert client.get("/api/v1/me").json["code"] == "password_must_change"
    assert "Your password is a temporary one." in client.get("/account").text
    new = {"current_password": given[1], "password": "a new long one", "password_again": "a new long one"}
    same = new | {"password": given[1], "password_again": given[1]}
    assert client.post("/account/password", data=same, headers=SAME_ORIGIN).status_code == 422
    assert client.post("/account/password", data=new, headers=SAME_ORIGIN).status_code == 303
    client.post("/sign-in", data={"username": "worker", "password": "a new long one"}, headers=SAME_ORIGIN)
    assert client.get("/case/diary").status_code == 200


def test_role_and_teams_change_on_the_page_of_an_account_from_the_next_request_on(app: Flask, people: Accounts) -> None:
    admin, worker = page_client(app, people, "admin"), api_client(app, people, "worker")
    form = {"display_name": "Worker", "role": "team_leader", "team_ids": [TEAM, OTHER_TEAM]}
    assert admin.post("/accounts/account-worker", data=form).status_code == 303
    assert worker.get("/api/v1/me").json["role"] == "team_leader"
    wrong = admin.post("/accounts/account-worker", data=form | {"display_name": "New <name>", "team_ids": []})
    assert wrong.status_code == 422
    assert "New &lt;name&gt;" in wrong.text  # What was typed stays.
    assert admin.get("/accounts/account-foreign-worker").status_code == 404
    own = admin.post("/accounts/account-admin", data=form | {"display_name": "Admin"})
    assert own.status_code == 409
    assert "Nobody closes their own account" in own.text
    assert admin.post("/accounts/teams/team-west", data={"new_name": "西區隊"}).status_code == 303
    assert "西區隊" in admin.get("/accounts").text


@pytest.mark.parametrize(
    ("left", "closed", "says"),
    [(3, 409, "3 cases and planned entries are left"), (None, 409, "cannot be found out"), (0, 303, "")],
)
def test_an_account_is_closed_when_everything_is_handed_over(
    app: Flask, people: Accounts, monkeypatch: pytest.MonkeyPatch, *, left: int | None, closed: int, says: str
) -> None:
    monkeypatch.setattr(leaving, "left_to_hand_over", lambda _: left)
    admin = page_client(app, people, "admin")
    assert says in admin.get("/accounts/account-worker").text
    if left != 0:
        assert api_client(app, people, "admin").post("/api/v1/accounts/account-worker/disable").status_code == closed
    assert admin.post("/accounts/account-worker/disable").status_code == closed
    if left == 0:
        assert "This account is closed." in admin.get("/accounts/account-worker").text
        assert admin.post("/accounts/account-worker/enable").status_code == 303
    assert people.sign_in("worker", PASSWORD)


def test_the_api_changes_accounts_and_gives_temporary_passwords(
    app: Flask, people: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leaving, "left_to_hand_over", lambda _: 0)
    admin = api_client(app, people, "admin")
    change = {"display_name": "Worker", "role": "assistant", "team_ids": [TEAM]}
    changed = admin.put("/api/v1/accounts/account-worker", json=change)
    assert (changed.status_code, changed.json["role"]) == (200, "assistant")
    given = admin.post("/api/v1/accounts/account-worker/temporary-password").json["password"]
    assert people.sign_in("worker", given).identity.must_change
    assert admin.post("/api/v1/accounts/account-admin/disable").json["code"] == "own_account"
    assert admin.post("/api/v1/accounts/account-worker/disable").status_code == 204
    assert admin.post("/api/v1/accounts/account-worker/enable").status_code == 204
    assert people.sign_in("worker", given)


def test_the_demo_clock_moves_in_a_demo(app: Flask, people: Accounts, diary: Service) -> None:
    admin = api_client(app, people, "admin")
    assert admin.post("/api/v1/demo/clock", json={"now": "2018-06-01T09:00:00+08:00"}).status_code == 200
    assert diary.clock.now().isoformat() == "2018-06-01T01:00:00+00:00"
    assert admin.post("/api/v1/demo/clock", json={"now": "2018-06-01T09:00:00"}).status_code == 422
    assert admin.get("/api/v1/me").status_code == 200
    assert admin.post("/api/v1/demo/clock", json={"now": None}).status_code == 200
    assert diary.clock.now().year > 2018
    assert api_client(app, people, "worker").post("/api/v1/demo/clock", json={"now": None}).status_code == 403


@pytest.mark.parametrize("path", ["/api/v1/teams", "/api/v1/accounts"])
def test_only_administrators_create(app: Flask, people: Accounts, path: str) -> None:
    for username in ("assistant", "worker", "leader", "funder"):
        assert api_client(app, people, username).post(path, json={}).status_code == 403
