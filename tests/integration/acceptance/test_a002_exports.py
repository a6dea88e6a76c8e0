"""A002 and AX: what leaves the house in a report's files, through the API; each test names a change that fails it."""

import csv
import json
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZipFile

from tests.api_client import Api
from tests.integration.acceptance.conftest import Periods
from tests.stories import add_contract, assess, at, id_of, kachi, meeting, open_case, register, session

FILE = "/reporting/api/v1/contracts/kachi-2/report"
READABLE = ("json", "csv", "xlsx", "docx")


def file(api: Api, name: str, query: str = "", *, contract: str = "kachi-2") -> bytes:
    """A report as a file."""
    return api.get(f"/reporting/api/v1/contracts/{contract}/report.{name}{query}").accepted().raw


def text_of(content: bytes) -> str:
    """All that a file says, of a workbook or a Word document all its parts."""
    if not content.startswith(b"PK"):
        return content.decode()
    with ZipFile(BytesIO(content)) as archive:
        return "\n".join(archive.read(one).decode() for one in archive.namelist() if one.endswith((".xml", ".rels")))


def test_a002_26_a_funder_gets_sums_alone_without_name_code_or_note(worker: Api) -> None:
    # Fails when `document_asked` lets everybody ask for what is for staff in reporting/exports/files.py.
    mother = register(worker, name_en="Mary Chan", alias="Auntie Mary")
    case = open_case(worker, mother)
    held = [
        session(worker, case, at(mother), on="2018-07-02", note="Met at the hospital"),
        meeting(worker, at(mother), on="2018-07-02"),
    ]
    Periods(worker.house.as_("leader1")).report("2018-11-30")
    secrets = ("Mary", "hospital", mother, case, *map(id_of, held), "account-")
    funder = worker.house.as_("funder")
    assert funder.get(f"{FILE}.xlsx?audience=staff").status == 403
    for name in READABLE:
        text = text_of(file(funder, name, "?language=en"))
        assert "285" not in text
        assert not [one for one in secrets if one in text], name
    assert json.loads(file(funder, "json"))["outputs"][2]["actual"] == 1
    evidence = text_of(file(worker, "xlsx", "?audience=staff"))
    assert mother in evidence
    assert not [one for one in ("Mary", "hospital") if one in evidence]


def test_a002_26_small_cells_by_what_people_are_stay_in_unless_released(worker: Api) -> None:
    # Fails when `printed` takes every breakdown for one of no personal attribute in reporting/breakdowns/domain.py.
    women = [register(worker, gender="female") for _ in range(9)]
    meeting(worker, *map(at, [*women, register(worker, gender="male")])).accepted()
    place = "/reporting/api/v1/contracts/kachi-2/figures/output-1/persons/by/gender"
    leader = worker.house.as_("leader1")

    def shown(query: str) -> list[int | None]:
        return [one["people"] for one in leader.get(f"{place}{query}").accepted().body["parts"]]

    assert shown("") == [9, 1]
    # With the one man alone held back, ten less nine would tell of him.
    assert shown("?audience=funder") == [None, None]
    leader.put(f"{place}/release", {"reason": "consented"}, version=0).accepted()
    assert shown("?audience=funder") == [9, 1]
    assert leader.get(place).body["released_because"] == "consented"


def test_a002_27_the_ninth_answer_and_its_task_are_in_no_file(worker: Api) -> None:
    # Fails when the ninth answer weighs more than its points in the total, in case/assessments/domain.py.
    mother = register(worker)
    open_case(worker, mother)
    meeting(worker, at(mother)).accepted()
    calm, risky = [1, 1, 1, 1, 0, 0, 0, 0, 0], [1, 1, 1, 0, 0, 0, 0, 0, 1]
    phq9: dict[str, Any] = {"instrument": "phq9", "answers": calm}
    assess(worker, mother, "pre", "2021-01-04", ..., **phq9).accepted()  # type: ignore[arg-type]
    after = assess(worker, mother, "post", "2021-03-04", ..., **phq9)  # type: ignore[arg-type]
    before = json.loads(file(worker, "json", "?audience=staff"))["outcomes"]
    change = {"answers": risky, "reason": "typing_error", "assessed_on": "2021-03-04", "phase": "post"}
    path = f"/case/api/v1/assessments/{id_of(after)}"
    story = {"person_id": mother, "instrument": "phq9", "instrument_version": "zh-HK-1", "language": "zh-Hant"}
    worker.put(path, {**story, **change, "contract_id": "kachi-2"}, version=after.version).accepted()
    (task,) = worker.get("/case/api/v1/tasks").accepted().body["items"]
    assert json.loads(file(worker, "json", "?audience=staff"))["outcomes"] == before
    for name in READABLE:
        text = text_of(file(worker, name, "?audience=staff&language=en"))
        assert not [one for one in (task["task_id"], "self_harm", "risk", id_of(after)) if one in text], name


HOSTILE = '=HYPERLINK("http://elsewhere")'


def hostile(worker: Api) -> None:
    """A contract whose own words a spreadsheet would run."""
    whole = kachi()
    whole["contract"], whole["title"] = "hostile", {"zh-Hant": "@深水埗嘅屋邨", "en": HOSTILE}
    for output, sign in zip(whole["outputs"], "=+-@＝", strict=True):
        output["title"] = {"en": f"{sign}1+1", "zh-Hant": f"{sign}1+1"}
    del whole["outcomes"]
    add_contract(worker.house.as_("admin"), whole)


def test_ax_09_no_text_of_a_file_is_run_as_a_formula(worker: Api) -> None:
    # Fails when csvtext.py writes texts as they are, or workbook.py writes them as formulas, in reporting.
    from openpyxl import load_workbook

    hostile(worker)
    rows = [*csv.reader(StringIO(file(worker, "csv", "?language=en", contract="hostile").decode("utf-8-sig")))]
    titles = [row[1] for row in rows[1:] if row[0] == "Outputs"]
    assert {*titles} == {"'=1+1", "'+1+1", "'-1+1", "'@1+1", "'＝1+1"}
    book = load_workbook(BytesIO(file(worker, "xlsx", "?language=en", contract="hostile")))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {"=1+1", HOSTILE} <= {cell.value for cell in cells if cell.data_type == "s"}
    formulas = [cell.value for cell in cells if cell.data_type == "f"]
    assert formulas
    assert not [one for one in formulas if "1+1" in one or "HYPERLINK" in one]


def test_ax_10_a_spreadsheet_reads_the_chinese_of_the_csv_right(worker: Api) -> None:
    # Fails when `csv_of` leaves the byte order mark out in reporting/figures/csvtext.py.
    content = file(worker, "csv", "?language=zh-Hant")
    assert content.startswith(b"\xef\xbb\xbf")
    assert "業界同工培訓、督導及經驗分享" in content.decode("utf-8-sig")
