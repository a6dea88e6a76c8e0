"""The roster of a meeting, from end to end without JavaScript, and as an assistant who reads no notes."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from shared.auth.accounts import Accounts
from shared.testing.clock import FixedClock
from shared.testing.people import page_client
from shared.web import names
from tests.contract.groups.conftest import Client, Others, a_meeting
from tests.contract.groups.sent_forms import changed, form_of

NEW = "/groups/meetings/new?group_id=group-circle"
SECRET = "只限社工"


@pytest.fixture
def assistant(app: Flask, accounts: Accounts) -> FlaskClient:
    return page_client(app, accounts, "assistant")


class CaseService:
    """Answers like the case service, and keeps what it was asked; `known` are the labels it has, by id."""

    def __init__(self, known: dict[str, str], alike: dict[str, str]) -> None:
        self.known, self.alike, self.registered = known, alike, list[tuple[dict[str, Any], str | None]]()

    def __call__(self, path: str, body: dict[str, Any], key: str | None = None) -> dict[str, Any] | None:
        match path.rpartition("/")[2]:
            case "names":
                shown = {one: {"label": self.known[one], "client_number": f"N-{one[-1]}"} for one in body["person_ids"]}
                return {"names": shown}
            case "search":
                return {"items": [{"person_id": one, "label": text} for one, text in self.alike.items()]}
            case "people?dry_run=true":
                return {"warnings": [{"person_id": one, "label": text} for one, text in self.alike.items()]}
        self.registered.append((body, key))
        return {"person_id": "person-new", "label": body.get("name_zh") or body["alias"]}


@pytest.fixture
def case_service(monkeypatch: pytest.MonkeyPatch) -> CaseService:
    people = {f"person-00{number}": name for number, name in enumerate(("甲女士", "乙女士", "丙女士"))}
    answering = CaseService({**people, "person-new": "丁女士"}, {})
    monkeypatch.setattr(names, "ask", answering)
    return answering


def test_an_assistant_records_corrects_and_undoes_a_whole_meeting(
    assistant: FlaskClient, others: Others, circle: str, worker: Client, case_service: CaseService
) -> None:
    """Walk-in, guest, hybrid, headcounts, sign-in sheet: one request saves all."""
    case_service.alike = {"person-guest": "嘉賓"}
    case_service.known["person-guest"] = "嘉賓"
    others.person("person-guest")
    found = assistant.post(NEW, data=changed(form_of(assistant.get(NEW), NEW), q="嘉", find="1"))
    guest = assistant.post(NEW, data=changed(form_of(found, NEW), add_guest="person-guest"))
    case_service.alike = {}
    named = changed(form_of(guest, NEW), new_name="丁女士", register="1", occurred_on="2026-05-31", q="丁")
    added = assistant.post(NEW, data=named)
    others.person("person-new")
    (registered,) = case_service.registered
    assert registered[0] == {
        "name_zh": "丁女士",
        "team_id": "team-west",
        "roles": [{"role": "family_member", "from_date": "2026-05-31"}],
    }
    assert registered[1]
    sent = changed(
        form_of(added, NEW),
        **{
            "mode": "hybrid",
            "online-person-001": "on",
            "status-person-002": "excused",
            "unidentified_count": "2",
            "partner_count": "5",
            "co_organised": "true",
            "sign_in_sheet": "KC/2026/014",
            "occurred_on": "2026-06-01",
        },
    )
    saved = assistant.post(NEW, data=sent)
    assert saved.status_code == 303
    (meeting,) = worker.get("/meetings").json["items"]
    assert [(one["person_id"], one["role"], one["status"], one["mode"]) for one in meeting["participants"]] == [
        ("person-000", "family_member", "present", "in_person"),
        ("person-001", "family_member", "present", "online"),
        ("person-002", "family_member", "excused", "in_person"),
        ("person-guest", "guest", "present", "in_person"),
        ("person-new", "family_member", "present", "in_person"),
    ]
    assert [one["walk_in"] for one in meeting["participants"]] == [False, False, False, False, True]
    counted = (meeting["unidentified_count"], meeting["partner_count"], meeting["sign_in_sheet"])
    assert counted == (2, 5, "KC/2026/014")
    assert meeting["tags"] == ["co_organised"]

    address = saved.headers["Location"]
    again = changed(form_of(assistant.get(f"{address}/correct"), "/correct"), reason="attendance_wrong")
    assert assistant.post(f"{address}/correct", data=again).status_code == 409  # Nothing was changed.
    page = assistant.get(address)
    for shown in ("KC/2026/014", "嘉賓", "丁女士", "Organised with another agency"):
        assert shown in page.text
    undone = assistant.post(f"{address}/void", data=form_of(page, "/void"))
    assert undone.status_code == 303
    voided = assistant.get(address).text
    (copy,) = re.findall(r"/groups/meetings/new\?group_id=group-circle&amp;like=[^\"]+", voided)
    restored = form_of(assistant.get(copy.replace("&amp;", "&")), copy.partition("?")[2].replace("&amp;", "&"))
    assert (restored["partner_count"], restored["status-person-002"]) == ("5", "excused")


def test_somebody_like_a_registered_person_is_shown_before_anybody_is_registered(
    browser: FlaskClient, circle: str, case_service: CaseService
) -> None:
    case_service.alike = {"person-001": "乙女士"}
    case_service.known["person-new"] = "乙女士"
    form = changed(form_of(browser.get(NEW), NEW), q="乙女士", new_name="乙女士", new_role="companion", register="1")
    shown = browser.post(NEW, data=form)
    assert case_service.registered == []
    kept = form_of(shown, NEW)
    assert (kept["new_name"], kept["new_role"]) == ("乙女士", "companion")
    twice = [browser.post(NEW, data=changed(kept, register="confirmed")) for _ in range(2)]
    assert [sent.getlist("person")[-1] for sent in (form_of(one, NEW) for one in twice)] == ["person-new"] * 2
    first, second = case_service.registered
    assert first == second  # The same key: the case service registers once.
    assert first[0]["roles"] == []


def test_nobody_is_registered_without_a_name(browser: FlaskClient, circle: str, case_service: CaseService) -> None:
    refused = browser.post(NEW, data=changed(form_of(browser.get(NEW), NEW), q="x", new_name=" ", register="1"))
    assert (refused.status_code, case_service.registered) == (422, [])
    assert 'id="new_name-error"' in refused.text


def test_without_the_case_service_codes_are_shown_and_saving_works(
    browser: FlaskClient, circle: str, worker: Client
) -> None:
    asked = browser.get(NEW)
    assert "Names cannot be shown" in asked.text
    assert "…on-000" in asked.text
    refused = browser.post(NEW, data=changed(form_of(asked, NEW), q="丁女士", new_name="丁女士", register="1"))
    assert (refused.status_code, "nobody was registered" in refused.text) == (503, True)
    assert "丁女士" in form_of(refused, NEW).values()
    sent = changed(form_of(refused, NEW), **{"status-person-001": "absent", "unidentified_count": "1"})
    assert browser.post(NEW, data=sent).status_code == 303
    (meeting,) = worker.get("/meetings").json["items"]
    assert [one["status"] for one in meeting["participants"]] == ["present", "absent", "present"]


def test_the_last_meeting_is_copied_with_everybody_present(browser: FlaskClient, circle: str, worker: Client) -> None:
    absent = {"person_id": "person-001", "role": "family_member", "status": "absent"}
    worker.post("/meetings", a_meeting("person-000", absent, starts_at="19:00", minutes=75, note=SECRET))
    (like,) = re.findall(r"\?group_id=group-circle&amp;like=[^\"]+", browser.get(NEW).text)
    copied = browser.get(f"/groups/meetings/new{like.replace('&amp;', '&')}")
    form = form_of(copied, like.replace("&amp;", "&"))
    assert (form["starts_at"], form["minutes"], form["status-person-001"]) == ("19:00", "75", "present")
    assert form.getlist("person") == ["person-000", "person-001", "person-002"]
    assert SECRET not in copied.text


def test_a_sheet_to_sign_is_printed_with_or_without_names(
    browser: FlaskClient, circle: str, worker: Client, case_service: CaseService
) -> None:
    planned = worker.post("/meetings/plan", a_meeting(occurred_on="2026-07-01", starts_at="19:00")).json["meeting_id"]
    for address in (
        f"/groups/meetings/{planned}/sign-in-sheet?",
        "/groups/meetings/sign-in-sheet?group_id=group-circle&on=2026-07-01&",
    ):
        named, coded = browser.get(address).text, browser.get(f"{address}codes=1").text
        for shown in ("家人互助小組", "2026", "N-1"):
            assert shown in named
            assert shown in coded
        assert ("乙女士" in named, "乙女士" in coded) == (True, False)
    assert "19:00" in browser.get(f"/groups/meetings/{planned}/sign-in-sheet").text


def two_versions(worker: Client, browser: FlaskClient) -> tuple[str, MultiDict[str, str]]:
    """The address of a meeting that a colleague has corrected after the form was opened, and that form."""
    late = {"person_id": "person-001", "role": "family_member", "status": "late"}
    body = a_meeting("person-000", "person-001", "person-002", minutes=90, note=SECRET)
    meeting_id = worker.post("/meetings", body).json["meeting_id"]
    opened = form_of(browser.get(f"/groups/meetings/{meeting_id}/correct"), "/correct")
    theirs = a_meeting("person-000", late, "person-002", minutes=60, note=SECRET, reason="attendance_wrong")
    assert worker.put(f"/meetings/{meeting_id}", theirs, version=1).status_code == 200
    return f"/groups/meetings/{meeting_id}/correct", opened


def test_ax_03_two_versions_are_compared_person_by_person_and_nothing_typed_is_lost(
    browser: FlaskClient, circle: str, worker: Client, case_service: CaseService
) -> None:
    address, opened = two_versions(worker, browser)
    mine = changed(
        opened, **{"status-person-000": "absent", "status-person-001": "excused", "reason": "other", "note": "我的"}
    )
    stale = browser.post(address, data=mine, headers={"Accept-Language": "zh-HK"})
    assert stale.status_code == 412
    assert "同事剛更新了這次出席紀錄" in stale.text
    compared = form_of(stale, "/correct")
    assert (compared["version"], compared["note"], compared["reason"]) == ("2", "我的", "other")
    # What only one of the two has changed is suggested; what both have changed is not.
    assert {name: text for name, text in compared.items() if name.startswith("choose-")} == {
        "choose-minutes": "theirs",
        "choose-note": "mine",
        "choose-person-000": "mine",
    }
    undecided = browser.post(address, data=compared)
    assert (undecided.status_code, 'id="choose-person-001-error"' in undecided.text) == (422, True)
    decided = changed(form_of(undecided, "/correct"), **{"choose-person-001": "theirs"})
    assert browser.post(address, data=decided).status_code == 303
    saved = worker.get(address.replace("/groups", "", 1).removesuffix("/correct")).json
    assert [one["status"] for one in saved["participants"]] == ["absent", "late", "present"]
    assert (saved["minutes"], saved["note"], saved["version"]) == (60, "我的", 3)


def test_an_assistant_compares_versions_and_never_receives_the_note(
    assistant: FlaskClient, circle: str, worker: Client
) -> None:
    address, opened = two_versions(worker, assistant)
    mine = changed(opened, **{"status-person-000": "absent", "note": "試探", "reason": "other"})
    stale = assistant.post(address, data=mine)
    assert stale.status_code == 412
    assert SECRET not in stale.text
    choices = {
        "choose-person-000": "mine",
        "choose-person-001": "theirs",
        "choose-minutes": "theirs",
        "reason": "other",
    }
    resolved = form_of(stale, "/correct")
    resolved.poplist("choose-note")
    assert assistant.post(address, data=changed(resolved, **choices)).status_code in (303, 422)
    assert worker.get(address.replace("/groups", "", 1).removesuffix("/correct")).json["note"] == SECRET


def test_a_third_version_is_compared_again(browser: FlaskClient, circle: str, worker: Client) -> None:
    address, opened = two_versions(worker, browser)
    stale = browser.post(address, data=changed(opened, **{"status-person-002": "absent"}, reason="other"))
    meeting = address.replace("/groups", "", 1).removesuffix("/correct")
    body = a_meeting("person-000", "person-002", minutes=60, note=SECRET, reason="wrong_person")
    assert worker.put(meeting, body, version=2).status_code == 200
    again = browser.post(address, data=form_of(stale, "/correct"))
    assert again.status_code == 412
    choices = {name: text for name, text in form_of(again, "/correct").items() if name.startswith("choose-")}
    assert choices == {"choose-person-002": "mine"}  # Theirs, chosen for the others, is what theirs is now.
    assert browser.post(address, data=form_of(again, "/correct")).status_code == 303
    people = worker.get(meeting).json["participants"]
    assert [(one["person_id"], one["status"]) for one in people] == [
        ("person-000", "present"),
        ("person-002", "absent"),
    ]


def test_two_who_record_the_same_planned_meeting_compare_instead_of_losing_one(
    browser: FlaskClient, circle: str, worker: Client
) -> None:
    planned = worker.post("/meetings/plan", a_meeting(occurred_on="2026-05-30")).json["meeting_id"]
    address = f"/groups/meetings/{planned}/record"
    opened = form_of(browser.get(address), "/record")
    absent = {"person_id": "person-001", "role": "family_member", "status": "absent"}
    theirs = a_meeting("person-000", absent, "person-002", occurred_on="2026-05-30")
    assert worker.post(f"/meetings/{planned}/record", theirs, version=1).status_code == 200
    late = browser.post(address, data=changed(opened, **{"status-person-000": "late"}))
    assert late.status_code == 409
    compared = form_of(late, "/correct")
    assert compared["reason"] == "attendance_wrong"
    assert browser.post(f"/groups/meetings/{planned}/correct", data=compared).status_code == 303
    people = worker.get(f"/meetings/{planned}").json["participants"]
    assert [one["status"] for one in people] == ["late", "absent", "present"]


def test_two_who_record_the_same_thing_are_told_so(browser: FlaskClient, circle: str, worker: Client) -> None:
    planned = worker.post("/meetings/plan", a_meeting(occurred_on="2026-05-30")).json["meeting_id"]
    address = f"/groups/meetings/{planned}/record"
    opened = form_of(browser.get(address), "/record")
    twin = changed(opened, idempotency_key="another")
    assert browser.post(address, data=opened).status_code == 303
    same = browser.post(address, data=twin)
    assert (same.status_code, same.headers["Location"]) == (303, f"/groups/meetings/{planned}")


def test_only_what_one_has_recorded_today_is_undone_in_place(
    app: Flask, accounts: Accounts, circle: str, worker: Client, clock: FixedClock, as_user: Callable[[str], Client]
) -> None:
    address = f"/groups/meetings/{worker.post('/meetings', a_meeting('person-000')).json['meeting_id']}"
    offered = {
        one: "undo it today" in page_client(app, accounts, one).get(address).text for one in ("worker", "leader")
    }
    assert offered == {"worker": True, "leader": False}
    correction = a_meeting("person-001", reason="wrong_person")
    as_user("worker").put(address.removeprefix("/groups"), correction, version=1)
    assert "undo it today" not in page_client(app, accounts, "worker").get(address).text
