"""Imports into the groups service: attendance row by row, and people of the sector."""

from collections.abc import Sequence

import pytest

from shared.serviceunit import importing
from tests.contract.groups.conftest import Client
from tests.importing import accept, csv_of, reasons, send

HEADINGS = ["小組（名稱或編號）", "日期", "開始時間", "時長（分鐘）", "服務使用者編號", "出席", "即場參加"]
GROUP = "家人互助小組"


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """The case service knows P0, P1, P2 and P9."""

    def ask(_path: str, body: dict[str, Sequence[str]]) -> dict[str, dict[str, str]]:
        known = {"P0": "person-000", "P1": "person-001", "P2": "person-002", "P9": "person-elsewhere"}
        return {"people": {one: known[one] for one in body["numbers"] if one in known}}

    monkeypatch.setattr(importing, "ask", ask)


def row(
    number: str, day: str = "2026-03-09", minutes: object = 90, attendance: str = "出席", walk_in: str = ""
) -> list[str]:
    return [GROUP, day, "14:30", str(minutes), number, attendance, walk_in]


def test_the_rows_of_a_meeting_are_recorded_together_and_one_bad_row_loses_no_other(
    worker: Client, circle: str
) -> None:
    rows = [
        HEADINGS,
        row("P0"),
        row("P0", day="2026-03-16"),
        row("P1", attendance="遲到"),
        row("P77"),
        row("P9"),
        row("P1", minutes=120, day="2026-03-16"),
        row("P0"),
        ["沒有這組", "2026-03-09", "14:30", "90", "P0", "", ""],
    ]
    job = send(worker, "attendance", csv_of(rows))
    assert job["counts"] == {"new": 3, "bad": 5}
    assert reasons(worker, job) == {
        5: [("client_number", "number_unknown")],
        6: [("client_number", "person_unknown")],
        7: [("minutes", "rows_differ")],
        8: [(None, "row_twice")],
        9: [("group", "group_unknown")],
    }
    accept(worker, job, override=True)
    second, first = worker.get("/meetings").json["items"]
    assert [one["person_id"] for one in first["participants"]] == ["person-000", "person-001"]
    assert (first["origin"], first["minutes"], len(second["participants"])) == ("imported", 90, 1)
    assert send(worker, "attendance", csv_of(rows))["counts"] == {"same": 3, "bad": 5}


def test_a_later_file_adds_to_a_meeting_and_corrects_those_it_names(worker: Client, circle: str) -> None:
    accept(worker, send(worker, "attendance", csv_of([HEADINGS, row("P0"), row("P1")])))
    later = send(worker, "attendance", csv_of([HEADINGS, row("P1", attendance="缺席"), row("P2")]))
    assert later["counts"] == {"change": 2}
    accept(worker, later)
    (meeting,) = worker.get("/meetings").json["items"]
    there = {one["person_id"]: one["status"] for one in meeting["participants"]}
    assert there == {"person-000": "present", "person-001": "absent", "person-002": "present"}
    assert meeting["version"] == 2


def test_people_of_the_sector_are_registered_once(worker: Client, circle: str) -> None:
    rows = [
        ["姓名", "機構", "職位"],
        ["李小明", "協和社區中心", "社工"],
        ["李小明", "協和社區中心", "主任"],
        ["", "甲", ""],
    ]
    job = send(worker, "practitioners", csv_of(rows))
    assert job["counts"] == {"new": 1, "bad": 2}
    assert reasons(worker, job) == {3: [(None, "row_twice")], 4: [("name", "required")]}
    accept(worker, job, override=True)
    assert [one["name"] for one in worker.get("/practitioners").json["items"]] == ["李小明"]
    assert send(worker, "practitioners", csv_of(rows[:2]))["counts"] == {"same": 1}
