"""Imports into the outreach service: visits with registered people, contacts by their code, and places."""

import pytest

from shared.serviceunit import importing
from tests.contract.outreach.conftest import Client, Others
from tests.importing import accept, csv_of, reasons, send

HEADINGS = ["參考編號", "日期", "時長（分鐘）", "地點", "接觸者編號", "接觸者身分", "未登記人數", "服務合約"]


def test_visits_are_taken_with_whom_they_met_and_corrected_by_their_reference(
    worker: Client, others: Others, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    others.contract()
    known = others.person("person-000")
    monkeypatch.setattr(importing, "ask", lambda _path, _body: {"people": {"P0": known}})
    assert worker.post("/places", {"name": "公園", "district": "sham_shui_po"}).status_code == 201
    rows = [
        HEADINGS,
        ["V1", "2026-05-20", "90", "公園", f"P0; {token}", "吸毒人士", "3", "kachi-2"],
        ["V2", "2026-05-21", "90", "車站", "P0", "吸毒人士", "", "kachi-2"],
        ["V3", "2026-05-22", "90", "", "P1", "吸毒人士", "-1", "kachi-9"],
    ]
    job = send(worker, "visits", csv_of(rows))
    assert job["counts"] == {"new": 1, "bad": 2}, reasons(worker, job)
    assert reasons(worker, job) == {3: [("place", "place_not_found")], 4: [("people", "number_unknown")]}
    accept(worker, job, override=True)
    rows[1][6] = "5"
    assert accept(worker, send(worker, "visits", csv_of(rows[:2])))["counts"] == {"corrected": 1}
    (visit,) = worker.get("/visits").json["items"]
    assert (visit["origin"], visit["unidentified_count"], len(visit["participants"])) == ("imported", 5, 2)
    story = worker.get(f"/visits/{visit['visit_id']}/history").json["items"]
    assert [one["file_row"] for one in story] == [2, 2]
