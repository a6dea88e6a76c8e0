"""AX: what holds for the whole suite, through its API; each test names a one-line change under which it fails."""

import pytest

from tests.api_client import Api, House
from tests.integration.acceptance.conftest import Periods
from tests.stories import (
    MEETINGS,
    PEOPLE,
    SESSIONS,
    add_contract,
    at,
    id_of,
    kachi,
    meeting,
    meeting_body,
    open_case,
    register,
    session,
    session_body,
    void,
)

FIGURE = "/reporting/api/v1/contracts/kachi-2/figures/output-1/attendances"


def test_ax_01_a_figure_names_the_events_behind_it_and_a_session_the_figures_it_feeds(worker: Api) -> None:
    # Fails when `_session` gives the id of the entry for that of the event in reporting/figures/queries.py.
    mother = register(worker)
    made = meeting(worker, at(mother))
    trace = worker.get(FIGURE).accepted().body
    assert [row["unit_id"] for row in trace["sessions"]] == [id_of(made)]
    assert [row["person_id"] for row in trace["people"]] == [mother]
    story = worker.get(f"{MEETINGS}/{id_of(made)}/history").accepted().body["items"]
    assert trace["sessions"][0]["event_id"] == trace["changes"][0]["event_id"]
    assert story[0]["type"] == "ServiceUnitRecorded"
    fed = worker.get(f"/reporting/api/v1/units/{id_of(made)}/figures").accepted().body["figures"]
    assert {(row["indicator"], row["measure"]) for row in fed} == {
        ("output-1", "persons"),
        ("output-1", "sessions"),
        ("output-1", "attendances"),
    }


def test_ax_02_nothing_is_deleted_a_void_leaves_the_story_and_what_was_known_before(house: House, worker: Api) -> None:
    # Fails when `ended` is not compared with the cut in `alive` of reporting/ledger/queries.py.
    made = meeting(worker, at(register(worker)))
    house.at(house.now().replace(day=20))
    void(worker, MEETINGS, made).accepted()
    assert worker.actuals("kachi-2")[("output-1", "attendances")] == 0
    assert worker.actuals("kachi-2", "?as_of=2021-03-16")[("output-1", "attendances")] == 1
    story = worker.get(f"{MEETINGS}/{id_of(made)}/history").accepted().body["items"]
    assert [row["type"] for row in story] == ["ServiceUnitRecorded", "ServiceUnitVoided"]
    assert worker.house.raw("DELETE", f"{MEETINGS}/{id_of(made)}", worker.headers()).status == 405


def test_ax_02_an_erased_person_loses_the_name_and_keeps_the_counts(worker: Api) -> None:
    # Fails when `destroy` keeps the wrapped key in shared/privacy/vault.py.
    mother = register(worker, name_en="Lau Mei Lai", phone="5551 7788")
    made = session(worker, open_case(worker, mother), at(mother), note="Spoke of her son.").accepted()
    before = worker.actuals("kachi-2")
    admin = worker.house.as_("admin")
    admin.post(
        f"{PEOPLE}/{mother}/erase", {"reason": "requested"}, version=admin.version_of(f"{PEOPLE}/{mother}")
    ).accepted()
    assert worker.actuals("kachi-2") == before
    assert admin.get(f"{PEOPLE}/{mother}/erasure").accepted().body["completed_at"] is not None
    assert b"Lau Mei Lai" not in admin.get(f"{PEOPLE}/{mother}").raw
    assert admin.get(f"{PEOPLE}?q=Lau+Mei+Lai").accepted().body["items"] == []
    assert admin.get(f"{SESSIONS}/{id_of(made)}").accepted().body["note"] is None


def test_ax_03_the_second_of_two_editors_is_told_and_changes_nothing(worker: Api) -> None:
    # Fails when `expected_version` gives way to the present one in groups/meetings/handlers.py.
    mother, father = register(worker), register(worker)
    made = meeting(worker, at(mother))
    path, other = f"{MEETINGS}/{id_of(made)}", worker.house.as_("leader1")
    body = meeting_body(at(mother), at(father)) | {"reason": "attendance_wrong"}
    other.put(path, body, version=made.version).accepted()
    late = worker.put(path, meeting_body(at(father)) | {"reason": "attendance_wrong"}, version=made.version)
    assert late.status == 412
    assert worker.put(path, body).status == 428
    assert worker.actuals("kachi-2")[("output-1", "attendances")] == 2


def test_ax_04_a_repeated_request_is_one_entry_and_the_same_answer(worker: Api) -> None:
    # Fails when `command_key` is not stored with the first event in shared/eventstore/store.py.
    mother = register(worker)
    case = open_case(worker, mother)
    body = session_body(case, at(mother))
    answers = [worker.post(SESSIONS, body, key="one-of-a-phone") for _ in range(3)]
    assert {(answer.status, id_of(answer), answer.version) for answer in answers} == {(201, id_of(answers[0]), 1)}
    assert worker.actuals("kachi-2")[("output-2", "sessions")] == 1
    other = worker.post(SESSIONS, body | {"minutes": 45}, key="one-of-a-phone")
    assert (other.status, other.body["code"]) == (422, "key_reused")


def test_ax_06_the_language_changes_labels_and_no_figure(worker: Api) -> None:
    # Fails when a unit passes through gettext in reporting/figures/rendering.py, or Chinese is not heard.
    meeting(worker, at(register(worker))).accepted()
    chinese = worker.house.as_("worker1", language="zh-HK")
    assert chinese.report("kachi-2")["outputs"] == worker.report("kachi-2")["outputs"]
    here, there = (api.get(FIGURE).accepted().body for api in (worker, chinese))
    assert here["figure"] == there["figure"]
    assert here["how"] != there["how"]
    assert any("一" <= letter <= "鿿" for letter in there["how"])


def test_ax_07_a_worker_sees_the_own_team_a_funder_aggregates_and_looks_are_kept(worker: Api) -> None:
    # Fails when `require_team` returns early in shared/auth/teams.py, or `look_at` notes no look in people/handlers.py.
    mother = register(worker, name_en="Chan Suk Yee")
    made = session(worker, open_case(worker, mother), at(mother), on="2018-07-02")
    house = worker.house
    Periods(house.as_("leader1")).report("2018-11-30")
    assert house.as_("worker2").get(f"{SESSIONS}/{id_of(made)}").status == 200
    assert house.as_("worker5").get(f"{SESSIONS}/{id_of(made)}").status == 403
    assert house.as_("leader1").get(f"{PEOPLE}/{mother}").status == 200
    assert house.as_("harbour-leader").get(f"{PEOPLE}/{mother}").status == 404
    funder = house.as_("funder")
    assert funder.get(f"{PEOPLE}/{mother}").status == 403
    assert funder.get(FIGURE).status == 403
    assert funder.actuals("kachi-2")[("output-2", "sessions")] == 1
    looks = house.as_("leader1").get(f"{PEOPLE}/{mother}/looks").accepted().body["items"]
    assert {"account-leader1"} <= {look["actor"] for look in looks}


def test_ax_07_a_funder_reads_what_was_submitted_and_nothing_since(worker: Api) -> None:
    # Fails when `report` counts for a funder as for everybody in reporting/figures/api.py.
    house, mother, report = worker.house, register(worker), "/reporting/api/v1/contracts/kachi-2/report"
    case, funder = open_case(worker, mother), worker.house.as_("funder")
    session(worker, case, at(mother), on="2018-07-02").accepted()
    unsent = funder.get(report)
    assert (unsent.status, unsent.body.get("code")) == (404, "no_report_yet")
    Periods(house.as_("leader1")).report("2018-11-30")
    session(worker, case, at(mother), on="2018-07-09").accepted()
    assert (worker.actuals("kachi-2")["output-2", "sessions"], funder.actuals("kachi-2")["output-2", "sessions"]) == (
        2,
        1,
    )
    assert funder.get(f"{report}?as_of=2021-01-04").status == 403


@pytest.mark.parametrize("username", ["worker1", "leader1", "admin"])
def test_ax_07_a_funder_sees_only_the_own_contracts(worker: Api, username: str) -> None:
    # Fails when `seen_by` returns None for funders in reporting/contracts/access.py.
    house = worker.house
    add_contract(house.as_("admin"), {**kachi(), "contract": "second"})
    assert house.as_("harbour-funder").get("/reporting/api/v1/contracts/kachi-2/report").status == 404
    assert house.as_("funder").get("/reporting/api/v1/contracts/kachi-2").status == 200
    assert house.as_("funder").get("/reporting/api/v1/contracts/second").status == 404
    assert house.as_(username).get("/reporting/api/v1/contracts/kachi-2/report").status == 200
    assert house.as_(username).get("/reporting/api/v1/contracts/second/report").status == 200


def test_ax_08_impossible_rows_of_a_spreadsheet_are_refused_by_their_numbers_and_nothing_else(worker: Api) -> None:
    # Fails when a day may have ten times its minutes in serviceunit/checks.py.
    mother = register(worker)
    case = worker.get(f"/case/api/v1/cases/{open_case(worker, mother)}").body["case_number"]
    number = worker.get(f"{PEOPLE}/{mother}").body["client_number"]
    rows = [
        "case_number,occurred_on,starts_at,ends_at,minutes,people",
        f"{case},2021-03-01,10:00,11:00,,{number}",
        f"{case},2021-03-02,11:00,10:00,,{number}",
        f"{case},2021-03-03,,,25:00,{number}",
        f"{case},2021-03-04,,,-60,{number}",
        f"{case},2021-03-05,,,60,P99999",
        f"{case},2021-03-08,,,60,{number}",
    ]
    path = "/case/api/v1/imports"
    job = worker.send_file(f"{path}/files/sessions", "\n".join(rows).encode()).accepted().body
    for asked in ("step", "accept", "step"):
        job = (
            worker.house.raw("POST", f"{path}/{job['import_id']}/{asked}", worker.headers(), {"override": True})
            .accepted()
            .body
        )
    told = worker.get(f"{path}/{job['import_id']}/rows?state=bad").body["items"]
    assert [(one["row"], *[(why["column"], why["code"]) for why in one["reasons"]]) for one in told] == [
        (3, ("ends_at", "end_before_start")),
        (4, ("minutes", "too_long")),
        (5, ("minutes", "negative_minutes")),
        (6, ("people", "number_unknown")),
    ]
    saved = worker.get(SESSIONS).body["items"]
    assert [(one["occurred_on"], one["minutes"]) for one in saved] == [("2021-03-08", 60), ("2021-03-01", 60)]
