"""Who may call what, and from where."""

import pytest
from flask import Blueprint, Flask

from shared.auth.accounts import Accounts
from shared.auth.identity import access_of
from shared.service import Service
from shared.testing.people import PASSWORD, api_client, page_client
from shared.web.app import build_app

ENTRIES = "/case/api/v1/entries"


def test_an_app_with_an_unmarked_view_does_not_start(diary: Service) -> None:
    bp = Blueprint("forgotten", __name__)
    bp.add_url_rule("/forgotten", "view", lambda: "hello")
    with pytest.raises(RuntimeError, match="GET /case/forgotten"):
        build_app(diary, "shared", blueprints=[bp])


def test_every_view_of_the_app_says_who_may_call_it(app: Flask) -> None:
    assert all(access_of(view) is not None for view in app.view_functions.values())


def test_nobody_is_401_a_wrong_role_is_403_and_that_comes_before_the_body_is_read(app: Flask, people: Accounts) -> None:
    nobody = app.test_client().post(ENTRIES, data=b"{", content_type="application/json")
    assert (nobody.status_code, nobody.json["code"]) == (401, "not_signed_in")
    assert nobody.headers["WWW-Authenticate"].startswith("Bearer")
    funder = api_client(app, people, "funder").post(ENTRIES, data=b"{", content_type="application/json")
    assert (funder.status_code, funder.json["code"]) == (403, "role_forbidden")
    assert api_client(app, people, "worker").get(f"{ENTRIES}/closed").status_code == 403
    assert api_client(app, people, "leader").get(f"{ENTRIES}/closed").status_code == 409


def test_a_page_leads_to_sign_in_and_back(app: Flask, people: Accounts) -> None:
    client = app.test_client()
    answer = client.get("/case/diary?day=2021-05-28")
    assert answer.status_code == 303
    assert answer.location == "/sign-in?next=%2Fcase%2Fdiary%3Fday%3D2021-05-28"
    signed_in = client.post(
        "/sign-in", data={"username": "worker", "password": PASSWORD, "next": "/case/diary?day=2021-05-28"}
    )
    assert (signed_in.status_code, signed_in.location) == (303, "/case/diary?day=2021-05-28")
    assert client.get("/case/diary").status_code == 200


def test_a_form_sent_after_the_sign_in_ended_keeps_what_was_typed_but_no_password(app: Flask) -> None:
    answer = app.test_client().post("/case/diary", data={"title": "a long <story>", "password": "secret"})
    assert answer.status_code == 401
    assert 'name="title" value="a long &lt;story&gt;"' in answer.text
    assert "secret" not in answer.text


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_sign_in_leads_nowhere_else(app: Flask, people: Accounts, target: str) -> None:
    answer = app.test_client().post("/sign-in", data={"username": "worker", "password": PASSWORD, "next": target})
    assert answer.location == "/"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://localhost"}, 303),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 403),
        ({}, 403),
    ],
)
def test_a_change_with_our_cookie_must_come_from_our_own_page(
    app: Flask, people: Accounts, headers: dict[str, str], status: int
) -> None:
    client = app.test_client()
    client.set_cookie("caseledger", people.sign_in("worker", PASSWORD).token)
    answer = client.post("/case/diary", data={"title": "x", "idempotency_key": "k"}, headers=headers)
    assert answer.status_code == status


def test_a_bearer_token_needs_no_origin(app: Flask, people: Accounts) -> None:
    answer = api_client(app, people, "worker").post(
        ENTRIES, json={"title": "x"}, headers={"Idempotency-Key": "k", "Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 201


def test_reading_from_another_site_is_a_plain_link(app: Flask, people: Accounts) -> None:
    client = page_client(app, people, "worker")
    assert client.get("/case/diary", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


def test_a_write_names_its_position_and_the_cookie_remembers_the_highest_of_each_service(
    app: Flask, people: Accounts
) -> None:
    api = api_client(app, people, "worker").post(ENTRIES, json={"title": "x"}, headers={"Idempotency-Key": "k"})
    assert (api.headers["X-Caseledger-Position"], api.headers["ETag"]) == ("case=1", '"1"')
    client = page_client(app, people, "worker")
    client.set_cookie("seen", "case=0&reporting=7")
    page = client.post("/case/diary", data={"title": "y", "idempotency_key": "k2"})
    assert page.headers["X-Caseledger-Position"] == "case=2"
    seen = client.get_cookie("seen")
    assert seen is not None
    assert seen.value == "case=2&reporting=7"


def test_a_page_says_when_it_is_behind_what_the_person_has_saved(app: Flask, people: Accounts) -> None:
    client = page_client(app, people, "worker")
    assert "on its way" not in client.get("/case/diary").text
    client.set_cookie("seen", "groups=5")
    assert "on its way" in client.get("/case/diary").text


def test_a_preview_saves_nothing_and_needs_no_key(app: Flask, people: Accounts) -> None:
    client = api_client(app, people, "worker")
    preview = client.post(f"{ENTRIES}?dry_run=true", json={"title": "x"})
    assert preview.status_code == 200
    assert "X-Caseledger-Position" not in preview.headers
    saved = client.post(ENTRIES, json={"title": "x"}, headers={"Idempotency-Key": "k"})
    assert saved.headers["X-Caseledger-Position"] == "case=1"


def test_a_form_that_is_wrong_is_shown_again_with_its_key_and_the_error_linked_to_the_field(
    app: Flask, people: Accounts
) -> None:
    answer = page_client(app, people, "worker").post("/case/diary", data={"title": "", "idempotency_key": "kept-1"})
    assert answer.status_code == 422
    assert 'name="idempotency_key" value="kept-1"' in answer.text
    assert '<a href="#title">' in answer.text
    assert 'id="title-error"' in answer.text
    assert 'aria-describedby="title-error"' in answer.text


def test_the_correlation_id_is_the_clients_when_it_is_one(app: Flask) -> None:
    client = app.test_client()
    assert (
        client.get("/case/livez", headers={"X-Correlation-Id": "phone-12345"}).headers["X-Correlation-Id"]
        == "phone-12345"
    )
    assert (
        client.get("/case/livez", headers={"X-Correlation-Id": "陳"}).headers["X-Correlation-Id"].startswith("request-")
    )


@pytest.mark.parametrize("data", [{"title": "a\0b", "idempotency_key": "k"}, {"title": "ok", "x": "y" * 1_000_000}])
def test_a_form_that_cannot_be_stored_is_refused_with_a_page(
    app: Flask, people: Accounts, data: dict[str, str]
) -> None:
    answer = page_client(app, people, "worker").post("/case/diary", data=data)
    assert answer.status_code == (400 if "\0" in data["title"] else 413)
    assert answer.mimetype == "text/html"


def test_health_is_public(app: Flask) -> None:
    client = app.test_client()
    assert [client.get(f"/case/{name}").status_code for name in ("livez", "readyz", "version")] == [200, 200, 200]


def test_answers_carry_the_security_headers_and_are_not_kept_by_caches(app: Flask, people: Accounts) -> None:
    client = page_client(app, people, "worker")
    for answer in (client.get("/case/diary"), client.get("/case/nothing"), client.get("/case/api/v1/nothing")):
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe-inline" not in policy
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"


def test_assets_are_kept_for_good_under_their_digest_only(app: Flask) -> None:
    client = app.test_client()
    page = client.get("/sign-in", follow_redirects=True).text
    for name in ("theme.css", "frame.css", "forms.css", "pages.css", "bootstrap.min.css", "shell.js", "mark.svg"):
        start = page.index(f"/assets/{name}?v=")
        with client.get(page[start : page.index('"', start)]) as kept, client.get(f"/assets/{name}") as plain:
            assert (kept.status_code, plain.status_code) == (200, 200)
            assert "immutable" in kept.headers["Cache-Control"]
            assert plain.headers["Cache-Control"] == "no-cache"
    assert client.get("/assets/../app.py").status_code == 404
    assert client.get("/assets/bootstrap.nothing.css").status_code == 404


def test_pages_hold_no_inline_code_or_style_and_no_address_of_a_third_party(app: Flask, people: Accounts) -> None:
    client = page_client(app, people, "admin")
    for path in ("/case/diary", "/accounts", "/account", "/case/nothing"):
        page = client.get(path).text
        assert " style=" not in page
        assert "<style" not in page
        assert page.count("<script") == page.count('<script type="module" src="/assets/')
        assert "//" not in page.replace("http://www.w3.org", "")


def test_the_navigation_follows_the_role(app: Flask, people: Accounts) -> None:
    def links(username: str) -> set[str]:
        page = page_client(app, people, username).get("/account").text
        known = ("/case/cases", "/groups/groups", "/outreach/visits", "/reporting/contracts", "/accounts")
        return {url for url in known if f'href="{url}"' in page}

    assert links("worker") == {"/case/cases", "/groups/groups", "/outreach/visits", "/reporting/contracts"}
    assert links("admin") == links("worker") | {"/accounts"}
    assert links("funder") == {"/reporting/contracts"}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", True),
        ("00-00000000000000000000000000000000-00f067aa0ba902b7-01", False),
        ("00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01", False),
        ("ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", False),
        ("陳大文", False),
    ],
)
def test_a_trace_is_kept_with_the_event_when_it_is_one(
    app: Flask, people: Accounts, diary: Service, given: str, kept: bool
) -> None:
    headers = {"Idempotency-Key": "one", "traceparent": given}
    client = api_client(app, people, "worker")
    assert client.post("/case/api/v1/entries", json={"title": "A day"}, headers=headers).status_code == 201
    with diary.database.read() as connection:
        assert diary.store.read_raw(connection, 0, 1)[0].traceparent == (given if kept else None)
