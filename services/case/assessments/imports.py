"""Assessments from a spreadsheet: one row an administration, with the total or the single answers."""

from collections.abc import Sequence

from services.case.assessments.handlers import correct, record
from services.case.assessments.instruments import INSTRUMENTS
from services.case.assessments.schemas import AssessmentCorrectionSchema, AssessmentSchema
from services.case.sessions.imports import CASE, case_of, known_here
from shared.eventstore import CommandMeta
from shared.importing.cells import day, short, text, whole, wholes
from shared.importing.kinds import REFERENCE, Column, Desk, Kind, Values, coded
from shared.serviceunit import codes
from shared.serviceunit import importing as common
from shared.serviceunit.notices import Notice
from shared.web.field_messages import load

# Made once: making one takes longer than reading a row with it.
_CORRECTION = AssessmentCorrectionSchema()
_NEW = AssessmentSchema()
PHASES = {"pre": ("Before", "前測"), "post": ("After", "後測")}
LANGUAGES = {"zh-Hant": ("Chinese", "中文"), "en": ("English", "英文")}


def _key(values: Values) -> Sequence[object]:
    return [values["client_number"], values["instrument"], values["phase"], values["assessed_on"].isoformat()]


def _save(desk: Desk, meta: CommandMeta, entry_id: str, version: int, rows: Sequence[Values]) -> Sequence[Notice]:
    (values,) = rows
    asked = {
        "person_id": common.person_of(values["client_number"], desk.known["people"], "client_number"),
        "team_id": desk.team_id,
        "instrument": values["instrument"],
        "phase": values["phase"],
        "assessed_on": values["assessed_on"].isoformat(),
        "contract_id": values["contract"],
        **{
            name: values[name]
            for name in ("instrument_version", "language", "total", "note")
            if values[name] is not None
        },
    }
    if values["answers"]:
        asked["answers"] = list(values["answers"])
    if values["case_number"]:
        asked["case_id"] = case_of(values["case_number"], desk.known["cases"])
    if version:
        body = load(_CORRECTION, {**asked, "reason": common.REASON})
        correct(desk.service, desk.who, meta, entry_id, body, version, dry_run=desk.dry_run)
    else:
        record(desk.service, desk.who, meta, load(_NEW, {**asked, "id": entry_id}), dry_run=desk.dry_run)
    return []


ASSESSMENTS = Kind(
    name="assessments",
    label=codes.FEEDS["assessments"],
    prefix="assessment",
    columns=(
        REFERENCE,
        common.NUMBER,
        coded(
            "instrument",
            ("Questionnaire", "問卷"),
            {code: one.title for code, one in INSTRUMENTS.items()},
            required=True,
            example="phq9",
        ),
        Column(name="instrument_version", label=("Version", "版本"), parse=short, example="zh-HK-1"),
        coded("language", ("Language", "語言"), LANGUAGES, example="zh-Hant"),
        coded("phase", ("Before or after", "前測／後測"), PHASES, required=True, example="pre"),
        Column(name="assessed_on", label=("Date", "日期"), parse=day, required=True, example="2021-05-28"),
        Column(name="total", label=("Total", "總分"), parse=whole, also=("score", "分數")),
        Column(name="answers", label=("Answers", "各題答案"), parse=wholes, example="1,0,2,1,0,0,1,0,0"),
        Column(
            name="contract", label=("Contract", "服務合約"), required=True, example="kachi-2", also=("contract_id",)
        ),
        Column(name="case_number", label=CASE.label, example="C0001", also=CASE.also),
        Column(name="note", label=("Note", "備註"), parse=text),
    ),
    key=_key,
    save=_save,
    prepare=known_here,
    paths={"person_id": "client_number", "contract_id": "contract", "case_id": "case_number", "team_id": ""},
)
