"""Every class of error over the API: its status, its code, the field it names, in both languages."""

import json
from io import BytesIO

import pytest
from flask import Flask

from shared.auth.accounts import Accounts
from shared.testing.people import api_client

ENTRIES = "/case/api/v1/entries"
ENGLISH, CHINESE = {"Accept-Language": "en"}, {"Accept-Language": "zh-HK,zh;q=0.9,en;q=0.8"}
KEY = {"Idempotency-Key": "key-1"}


def has_chinese(text: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)


@pytest.mark.parametrize(
    ("ask", "status", "code", "paths"),
    [
        pytest.param({"data": b'{"title": '}, 400, "malformed_json", [], id="malformed JSON"),
        pytest.param({"data": b'{"title": NaN}'}, 400, "malformed_json", [], id="not a number"),
        pytest.param({"data": b"\xff\xfe"}, 400, "malformed_json", [], id="not UTF-8"),
        pytest.param({"data": b"[" * 100_000}, 400, "malformed_json", [], id="nested too deeply"),
        pytest.param({"data": b'{"title": "\\ud800"}'}, 400, "malformed_json", [], id="a lone surrogate"),
        pytest.param({"data": b'{"title": "a\\u0000"}'}, 400, "nul_character", [], id="a NUL"),
        pytest.param({"json": {"title": "x"}}, 400, "idempotency_key_missing", [], id="no idempotency key"),
        pytest.param({"data": b"title=x", "content_type": "application/x-www-form-urlencoded"}, 415,
                     "wrong_content_type", [], id="a form"),
        pytest.param({"data": b'{"title": "x"}', "content_type": "text/plain"}, 415,
                     "wrong_content_type", [], id="text"),
        pytest.param({"data": b'"' + b"x" * 1_000_000 + b'"'}, 413, "too_large", [], id="over 1 MB"),
        pytest.param({"json": {"title": ""}}, 422, "invalid", ["title"], id="an empty title"),
        pytest.param({"json": {}}, 422, "invalid", ["title"], id="no title"),
        pytest.param({"json": {"title": None}}, 422, "invalid", ["title"], id="null"),
        pytest.param({"json": ["x"]}, 422, "invalid", [""], id="a list"),
        pytest.param({"json": {"title": "x", "colour": 1}}, 422, "invalid", ["colour"], id="an unknown field"),
        pytest.param({"json": {"title": "x", "on": "28/5/2021"}}, 422, "invalid", ["on"], id="no date"),
        pytest.param({"json": {"title": "x", "mood": "wild"}}, 422, "invalid", ["mood"], id="an unknown code"),
        pytest.param({"json": {"title": "x", "lines": [{"minutes": 5}, {"minutes": -1}]}}, 422, "invalid",
                     ["lines.1.minutes"], id="deep inside"),
    ],
)  # fmt: skip
def test_bad_input_gets_a_problem_document_that_names_the_field(
    app: Flask, people: Accounts, ask: dict[str, object], status: int, code: str, paths: list[str]
) -> None:
    client = api_client(app, people, "worker")
    ask.setdefault("content_type", "application/json")
    for headers in (ENGLISH, CHINESE):
        answer = client.post(ENTRIES, **ask, headers=headers)  # type: ignore[arg-type]
        problem = json.loads(answer.data)
        assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
        assert (problem["status"], problem["code"]) == (status, code)
        assert [field["path"] for field in problem["fields"]] == paths
        texts = [problem["title"], problem["detail"], *(field["message"] for field in problem["fields"])]
        assert all(has_chinese(text) is (headers is CHINESE) for text in texts), texts


@pytest.mark.parametrize(
    ("address", "kind"), [(ENTRIES, "application/json"), ("/sign-in", "application/x-www-form-urlencoded")]
)
def test_a_body_that_does_not_tell_its_length_is_refused_and_taken_to_its_end(
    app: Flask, people: Accounts, address: str, kind: str
) -> None:
    # What can be read of it before the limit is well-formed.
    sent = BytesIO(b"{}" + b" " * 1_500_000 if kind == "application/json" else b"username=" + b"x" * 1_500_000)
    answer = api_client(app, people, "worker").post(
        address, input_stream=sent, content_type=kind, environ_overrides={"wsgi.input_terminated": True}
    )
    assert (answer.status_code, sent.read()) == (413, b"")


@pytest.mark.parametrize(
    ("entry", "status", "code", "paths"),
    [
        ("missing", 404, "entry_not_found", []),
        ("closed", 409, "case_closed", ["case_id"]),
        ("two", 422, "invalid", ["lines.0.minutes", "on"]),
        ("schema", 422, "invalid", ["lines.1.minutes"]),
    ],
)
def test_errors_of_the_domain_and_of_schemas_become_problems(
    app: Flask, people: Accounts, entry: str, status: int, code: str, paths: list[str]
) -> None:
    answer = api_client(app, people, "leader").get(f"{ENTRIES}/{entry}")
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert [field["path"] for field in answer.json["fields"]] == paths


def test_parameters_are_put_into_the_sentence(app: Flask, people: Accounts) -> None:
    answer = api_client(app, people, "leader").get(f"{ENTRIES}/two", headers=ENGLISH)
    assert answer.json["fields"][0]["message"] == "This must be at least 0."


def test_a_refused_request_does_not_use_up_its_key(app: Flask, people: Accounts) -> None:
    client = api_client(app, people, "worker")
    assert client.post(ENTRIES, json={"title": ""}, headers=KEY).status_code == 422
    assert client.post(ENTRIES, json={"title": "x"}, headers=KEY).status_code == 201


def test_a_key_used_before_with_another_body_is_422_and_with_the_same_answers_the_same(
    app: Flask, people: Accounts
) -> None:
    client = api_client(app, people, "worker")
    first = client.post(ENTRIES, json={"title": "x", "mood": "calm"}, headers=KEY)
    again = client.post(ENTRIES, data=b'{"mood": "calm",   "title": "x"}', content_type="application/json", headers=KEY)
    other = client.post(ENTRIES, json={"title": "y"}, headers=KEY)
    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert again.json == first.json
    assert other.json["code"] == "key_reused"


def test_a_key_belongs_to_its_account(app: Flask, people: Accounts) -> None:
    one = api_client(app, people, "worker").post(ENTRIES, json={"title": "x"}, headers=KEY)
    two = api_client(app, people, "assistant").post(ENTRIES, json={"title": "y"}, headers=KEY)
    assert one.json["entry_id"] != two.json["entry_id"]


@pytest.mark.parametrize(
    ("version", "status"), [(None, 428), ("*", 428), ('"3"', 200), ('W/"3"', 200), ("three", 400), ('"1", "2"', 400)]
)
def test_a_change_names_the_version_it_is_based_on(
    app: Flask, people: Accounts, version: str | None, status: int
) -> None:
    headers = {} if version is None else {"If-Match": version}
    answer = api_client(app, people, "worker").put(f"{ENTRIES}/a", json={"title": "x"}, headers=headers)
    assert answer.status_code == status


def test_a_method_that_is_not_offered_says_which_are(app: Flask, people: Accounts) -> None:
    answer = api_client(app, people, "worker").delete(ENTRIES)
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
    assert answer.mimetype == "application/problem+json"


def test_an_unknown_address_is_404_in_the_form_of_its_place(app: Flask, people: Accounts) -> None:
    client = api_client(app, people, "worker")
    assert client.get("/case/api/v1/nothing").mimetype == "application/problem+json"
    assert client.get("/case/nothing").mimetype == "text/html"
    assert client.get("/case/diary/lost").status_code == 404


def test_a_fault_of_ours_tells_nothing_and_logs_no_text(
    app: Flask, people: Accounts, capsys: pytest.CaptureFixture[str]
) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = app.test_client().get("/case/diary/broken")
    assert answer.status_code == 500
    logged = "".join(capsys.readouterr())
    assert "RuntimeError" in logged
    assert "陳大文" not in logged
    assert "陳大文" not in answer.text
    assert answer.headers["X-Correlation-Id"] in answer.text


def test_an_error_whose_page_cannot_be_drawn_still_says_what_happened(
    app: Flask, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def undrawn(*_: object, **_also: object) -> str:
        raise RuntimeError("陳大文")

    monkeypatch.setattr("shared.web.problems.render_template", undrawn)
    answer = app.test_client().get("/case/diary/lost", headers=ENGLISH)
    assert (answer.status_code, answer.mimetype) == (404, "text/plain")
    assert "There is no such entry." in answer.text
    assert "陳大文" not in answer.text + "".join(capsys.readouterr())


def test_openapi_documents_problems_under_their_own_media_type(app: Flask) -> None:
    document = app.test_client().get("/case/api/openapi.json").json
    assert document["openapi"].startswith("3.1")
    responses = document["components"]["responses"]
    assert set(
        responses["UNPROCESSABLE_CONTENT" if "UNPROCESSABLE_CONTENT" in responses else "UNPROCESSABLE_ENTITY"][
            "content"
        ]
    ) == {"application/problem+json"}
    assert set(responses["DEFAULT_ERROR"]["content"]) == {"application/problem+json"}
    assert "/case/api/v1/entries" in document["paths"]
    assert "/api/v1/sessions" in document["paths"]
