"""Imports into the case service: from the file to the entries, by the API and on the pages."""

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from shared.importing import packages
from shared.importing.tables import import_row
from shared.service import Service
from shared.testing.clock import FixedClock
from shared.testing.spreadsheets import bomb, ods, with_part, xlsx
from tests.contract.case.conftest import CASE, MOTHER, SON, Client
from tests.hostile_file import hostile
from tests.importing import accept, csv_of, reasons, send

HEADINGS = ["個案編號", "日期", "開始時間", "時長", "出席者編號", "形式"]


@pytest.fixture
def numbers(worker: Client, family: str) -> dict[str, str]:
    """The numbers by which the family and its case are known."""
    people = {one: worker.get(f"/people/{one}").json["client_number"] for one in (MOTHER, SON)}
    return {**people, CASE: worker.get(f"/cases/{CASE}").json["case_number"]}


def test_a_file_of_sessions_from_dry_run_to_correction(worker: Client, numbers: dict[str, str]) -> None:
    case, mother, son = numbers[CASE], numbers[MOTHER], numbers[SON]
    rows = [
        HEADINGS,
        [case, "2026-03-09", "14:30", "60", mother, "實體"],
        [case, "10/3/2026", "下午2:30", "1小時30分", f"{mother}; {son}", "phone"],
        [case, "2026-03-11", "14:30", "1500", mother, ""],
        ["C99999", "2026-03-12", "", "60", mother, ""],
        [case, "2026-03-13", "", "60", "P99999", ""],
    ]
    job = send(worker, "sessions", csv_of(rows))
    assert (job["state"], job["counts"]) == ("checked", {"new": 2, "bad": 3})
    assert reasons(worker, job) == {
        4: [("minutes", "too_long")],
        5: [("case_number", "case_number_unknown")],
        6: [("people", "number_unknown")],
    }
    assert worker.get("/sessions").json["items"] == [], "a dry run saves nothing"
    refused = worker.client.post(f"{worker.api}/imports/{job['import_id']}/accept", json={})
    assert (refused.status_code, refused.json["code"]) == (409, "too_many_bad")
    done = accept(worker, job, override=True)
    assert (done["state"], done["counts"]) == ("done", {"added": 2, "bad": 3})
    second, first = worker.get("/sessions").json["items"]
    assert (first["origin"], first["minutes"], second["minutes"], second["mode"]) == ("imported", 60, 90, "phone")

    again = send(worker, "sessions", csv_of(rows[:3]))
    assert again["counts"] == {"same": 2}
    assert accept(worker, again)["counts"] == {"same": 2}

    rows[1][3] = "75"
    changed = send(worker, "sessions", csv_of(rows[:3]))
    assert changed["counts"] == {"change": 1, "same": 1}
    assert accept(worker, changed)["counts"] == {"corrected": 1, "same": 1}
    second, corrected = worker.get("/sessions").json["items"]
    assert (corrected["session_id"], corrected["version"], corrected["minutes"]) == (first["session_id"], 2, 75)
    assert second["version"] == 1
    story = worker.get(f"/sessions/{first['session_id']}/history").json["items"]
    assert [(one["type"], one["file_row"]) for one in story] == [
        ("ServiceUnitRecorded", 2),
        ("ServiceUnitCorrected", 2),
    ]


def test_what_somebody_corrected_since_stays_when_the_same_row_comes_again(
    worker: Client, numbers: dict[str, str]
) -> None:
    rows = [HEADINGS, [numbers[CASE], "2026-03-09", "", "60", numbers[MOTHER], ""]]
    accept(worker, send(worker, "sessions", csv_of(rows)))
    (entry,) = worker.get("/sessions").json["items"]
    body = {"case_id": CASE, "occurred_on": "2026-03-09", "minutes": 45, "reason": "typing_error"}
    people = [{"person_id": MOTHER, "role": "family_member"}]
    address = f"/sessions/{entry['session_id']}"
    assert worker.put(address, {**body, "participants": people}, version=1).status_code == 200
    assert send(worker, "sessions", csv_of(rows))["counts"] == {"same": 1}
    assert worker.get(address).json["minutes"] == 45


def test_every_good_row_of_a_hostile_file_goes_in_and_every_bad_one_is_named(worker: Client, family: str) -> None:
    cases, people = many_cases(worker, 8)
    file = hostile(cases, people, 300)
    job = send(worker, "sessions", file.data)
    assert {row: why[0] for row, why in reasons(worker, job).items()} == file.bad
    assert job["counts"] == {"new": file.good, "bad": len(file.bad)}, reasons(worker, job, "doubt")
    done = accept(worker, job, override=True)
    assert done["counts"] == {"added": file.good, "bad": len(file.bad)}
    assert send(worker, "sessions", file.data)["counts"] == {"same": file.good, "bad": len(file.bad)}


def many_cases(worker: Client, count: int) -> tuple[list[str], list[str]]:
    """Open cases since 2010, each with one member; returns their numbers and those of the members."""
    cases, people = [], []
    for number in range(count):
        member = {"alias": f"member {number}", "roles": [{"role": "family_member", "from_date": "2010-01-01"}]}
        person = worker.post("/people", member).json
        body = {
            "kind": "family",
            "stage": "open",
            "on": "2010-01-01",
            "worker_id": "account-worker",
            "members": [{"person_id": person["person_id"], "relationship": "mother", "from_date": "2010-01-01"}],
        }
        cases.append(worker.post("/cases", body).json["case_number"])
        people.append(person["client_number"])
    return cases, people


def test_people_are_known_again_by_their_number_and_never_by_their_name(worker: Client, family: str) -> None:
    headings = ["client_number", "中文姓名", "別名", "性別", "出生年份", "身分", "身分及組別由", "服務對象組別"]
    rows = [
        headings,
        ["A-1", "黃小姐", "", "女", "1980", "family_member", "2026-03-01", ""],
        ["A-2", "陳美玲", "", "", "", "", "", ""],
        ["", "無編號", "", "", "", "", "", ""],
        ["A-4", "", "", "", "", "", "", ""],
        ["A-5", "何生", "", "不詳", "1880", "", "2026-13-01", "隱蔽、低動機"],
    ]
    job = send(worker, "people", csv_of(rows))
    assert job["counts"] == {"new": 1, "doubt": 1, "bad": 3}
    assert reasons(worker, job) == {
        4: [("reference", "reference_missing")],
        5: [("alias", "name_missing")],
        6: [("gender", "unknown_code"), ("since", "not_a_day")],
    }
    assert reasons(worker, job, "doubt") == {3: [(None, "possible_duplicate")]}
    assert accept(worker, job, override=True)["counts"] == {"added": 1, "doubt": 1, "bad": 3}
    found = {one["client_number"]: one for one in worker.get("/people").json["items"]}
    assert "A-2" not in found, "a doubtful row waits for somebody to say that it is meant"
    rows[1][4] = "1981"
    changed = send(worker, "people", csv_of([*rows[:2], *rows[2:3]]))
    assert changed["counts"] == {"change": 1, "doubt": 1}
    assert accept(worker, changed, rows=[2, 3])["counts"] == {"corrected": 1, "added": 1}
    assert worker.get(f"/people/{found['A-1']['person_id']}").json["birth_year"] == 1981
    assert send(worker, "people", csv_of(rows[:3]))["counts"] == {"same": 2}


def test_assessments_are_scored_by_the_same_rules(worker: Client, numbers: dict[str, str]) -> None:
    headings = ["服務使用者編號", "問卷", "前測／後測", "日期", "各題答案", "總分", "服務合約"]
    rows = [
        headings,
        [numbers[MOTHER], "PHQ-9", "前測", date(2026, 3, 10), "1,1,1,1,1,1,1,1,1", None, "kachi-2"],
        [numbers[MOTHER], "phq9", "post", date(2026, 5, 10), "1,1,1", None, "kachi-2"],
        [numbers[SON], "bdf13", "pre", date(2026, 3, 10), None, 11, "kachi-2"],
    ]
    job = send(worker, "assessments", ods(rows))
    assert job["counts"] == {"new": 1, "bad": 2}
    assert set(reasons(worker, job)) == {3, 4}
    accept(worker, job, override=True)
    (entry,) = worker.get("/assessments").json["items"]
    assert (entry["total"], entry["phase"]) == (9, "pre")
    rows[1][4] = "0,1,1,1,1,1,1,1,0"
    assert accept(worker, send(worker, "assessments", ods(rows[:2])))["counts"] == {"corrected": 1}
    assert worker.get("/assessments").json["items"][0]["total"] == 7


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "big5hkscs", "utf-16", "gb18030"])
def test_a_sheet_is_read_in_whatever_encoding(worker: Client, numbers: dict[str, str], encoding: str) -> None:
    text = f"個案編號,日期,時長,出席者編號,備註\n{numbers[CASE]},2026年3月9日,９０,{numbers[MOTHER]},佢喺深水埗\n"
    accept(worker, send(worker, "sessions", text.encode(encoding)))
    (entry,) = worker.get("/sessions").json["items"]
    assert worker.get(f"/sessions/{entry['session_id']}").json["note"] == "佢喺深水埗"


def test_what_must_not_be_opened_is_refused_with_what_would_be_right(
    worker: Client, family: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packages, "LARGEST_UNPACKED", 5_000_000)
    book = xlsx([HEADINGS, ["C1", "2026-03-09", "", 60, "P1", ""]])
    refused = [
        ("file_has_macros", with_part(book, "xl/vbaProject.bin", b"macro")),
        ("file_unpacks_too_large", bomb(6_000_000)),
        ("file_unpacks_too_large", bomb(6_000_000, told=1000)),
        ("file_broken", b"PK\x03\x04 not an archive"),
        ("file_broken", with_part(book, "xl/styles.xml", b"<!DOCTYPE x [<!ENTITY a 'b'>]><styleSheet/>")),
        ("file_old", b"\xd0\xcf\x11\xe0" + bytes(100)),
        ("too_many_rows", xlsx([HEADINGS], far=(900_000, 3))),
        ("encoding_unknown", b"\xff\xfd,\xff\xfd\n" * 50),
    ]
    for code, data in refused:
        response = worker.client.post(f"{worker.api}/imports/files/sessions", data=data)
        assert (response.status_code, response.json["fields"][0]["code"]) == (422, code), code
    large = worker.client.post(f"{worker.api}/imports/files/sessions", data=bytes(21_000_000))
    assert (large.status_code, large.json["code"]) == (413, "file_too_large")


def test_columns_that_were_named_once_are_known_the_next_time(worker: Client, numbers: dict[str, str]) -> None:
    rows = [["Fall", "Tag", "Leute"], [numbers[CASE], "2026-03-09", numbers[MOTHER]]]
    response = worker.client.post(f"{worker.api}/imports/files/sessions", data=csv_of(rows))
    job = response.json
    assert (job["state"], job["mapping"]) == ("columns", {})
    mapping = {"case_number": 0, "occurred_on": 1, "people": 2}
    address = f"/imports/{job['import_id']}/columns"
    assert worker.post(address, {"mapping": {"case_number": 0, "occurred_on": 0}}).status_code == 422
    assert worker.post(address, {"mapping": mapping}).json["state"] == "reading"
    assert send(worker, "sessions", csv_of(rows))["counts"] == {"new": 1}


def test_a_file_is_sealed_while_it_waits_and_gone_after_an_hour(
    worker: Client, family: str, service: Service, clock: FixedClock, as_user: Callable[[str], Client]
) -> None:
    job = send(worker, "people", csv_of([["client_number", "name_zh"], ["A-9", "鄭美美"]]))
    with service.database.read() as connection:
        (cells,) = connection.scalars(select(import_row.c.cells))
    assert "鄭美美".encode() not in cells
    assert as_user("leader").get(f"/imports/{job['import_id']}").status_code == 404, "it is its sender's alone"
    clock.move(timedelta(hours=1))
    assert send(worker, "people", csv_of([["client_number", "name_zh"], ["A-9", "鄭美美"]]))["counts"] == {"new": 1}
    assert worker.get(f"/imports/{job['import_id']}").json["state"] == "gone"
    refused = worker.client.post(f"{worker.api}/imports/{job['import_id']}/accept", json={})
    assert refused.status_code == 409


def test_after_an_import_the_rows_are_kept_no_more(worker: Client, family: str, service: Service) -> None:
    accept(worker, send(worker, "people", csv_of([["client_number", "name_zh"], ["A-9", "鄭美美"]])))
    with service.database.read() as connection:
        assert list(connection.scalars(select(import_row.c.cells))) == [None]


def test_the_pages_lead_from_the_file_to_the_saved_rows(browser: FlaskClient, numbers: dict[str, str]) -> None:
    page = browser.get("/case/imports")
    assert page.status_code == 200
    assert browser.get("/case/imports/templates/sessions.xlsx").data.startswith(b"PK")
    template = browser.get("/case/imports/templates/sessions.csv").data
    assert template.startswith("\ufeff參考編號".encode())
    rows = [HEADINGS, [numbers[CASE], "2026-03-09", "14:30", "60", numbers[MOTHER], "實體"]]
    file = (BytesIO(csv_of(rows)), "names.csv")
    here = browser.post("/case/imports", data={"kind": "sessions", "file": file}).headers["Location"]
    assert "data-work" in browser.get(here).text
    browser.post(f"{here}/step")
    assert "data-work" not in browser.get(here).text
    browser.post(f"{here}/accept", data={"rows": "2-3"})
    browser.post(f"{here}/step")
    assert "names.csv" not in browser.get(here).text
    assert browser.get("/case/api/v1/sessions").json["items"][0]["origin"] == "imported"
    empty = browser.post("/case/imports", data={"kind": "sessions"})
    assert empty.status_code == 422
