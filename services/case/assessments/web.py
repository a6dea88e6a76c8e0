"""The pages of assessments: log one, look at it, correct it, void it."""

from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import lazy_gettext
from marshmallow import Schema

from services.case import pages
from services.case.assessments import handlers
from services.case.assessments.domain import Assessment
from services.case.assessments.handlers import Written
from services.case.assessments.instruments import INSTRUMENTS, Instrument
from services.case.assessments.queries import assessment_list
from services.case.assessments.schemas import AssessmentCorrectionSchema, AssessmentSchema
from services.case.assessments.story import story_lines
from services.case.cases import handlers as cases
from services.case.tasks.queries import task_list
from shared.auth.identity import Identity, identity, requires
from shared.auth.roles import NOTE_READERS
from shared.auth.teams import teams_seen
from shared.clock import local_date
from shared.errors import CaseledgerError, NotFound
from shared.serviceunit.effects import require_read
from shared.serviceunit.schemas import VoidSchema
from shared.web.field_messages import load
from shared.web.requests import command_meta, expected_version, see_other, service

bp = Blueprint("assessments", __name__, url_prefix="/assessments")

Page = Any
_PUBLIC = ("assessment_id", "person_id", "team_id", "instrument", "phase", "assessed_on", "total", "contract_id")
QUESTIONS = {
    "phq9": (
        lazy_gettext("Little interest or pleasure in doing things"),
        lazy_gettext("Feeling down, depressed, or hopeless"),
        lazy_gettext("Trouble falling or staying asleep, or sleeping too much"),
        lazy_gettext("Feeling tired or having little energy"),
        lazy_gettext("Poor appetite or overeating"),
        lazy_gettext("Feeling bad about yourself – or that you are a failure or have let yourself or your family down"),
        lazy_gettext("Trouble concentrating on things, such as reading the newspaper or watching television"),
        lazy_gettext(
            "Moving or speaking so slowly that other people could have noticed? Or the opposite – being so fidgety or "
            "restless that you have been moving around a lot more than usual"
        ),
        lazy_gettext("Thoughts that you would be better off dead or of hurting yourself in some way"),
    )
}
CHOICES = {
    "phq9": (
        lazy_gettext("Not at all"),
        lazy_gettext("Several days"),
        lazy_gettext("More than half the days"),
        lazy_gettext("Nearly every day"),
    )
}


@bp.route("/new", methods=["GET", "POST"])
@requires(*NOTE_READERS)
def new() -> Page:
    """Log an assessment of one person."""
    who, person_id, chosen = identity(), request.args.get("person_id", ""), request.args.get("instrument", "")
    case_id = request.args.get("case_id") or None
    name = _name(who, person_id)
    if chosen not in INSTRUMENTS:
        return render_template(
            "case/choose-instrument.html",
            person_id=person_id,
            case_id=case_id,
            name=name,
            instruments=list(INSTRUMENTS),
        )
    instrument, error = INSTRUMENTS[chosen], None
    if request.method == "POST":
        try:
            fixed = {"person_id": person_id, "instrument": chosen, "case_id": case_id}
            asked = _asked(AssessmentSchema(), fixed, instrument)
            meta = command_meta()
            if asked["assessed_on"] != local_date(service().clock.now()):
                _require_read(handlers.record(service(), who, meta, asked, dry_run=True))
            return _saved(handlers.record(service(), who, meta, asked))
        except CaseledgerError as raised:
            error = raised
    case = cases.load(service(), who, case_id)[0] if case_id else None
    blank = {
        "contract_id": case.contract_id if case else None,
        "phase": _next_phase(who, person_id, instrument),
        "assessed_on": local_date(service().clock.now()).isoformat(),
        "language": "zh-Hant",
    }
    back = f"/case/cases/{case_id}?view=assessments" if case else f"/case/people/{person_id}"
    return _form(who, instrument, name, blank | dict(request.form), back, error=error)


@bp.get("/<assessment_id>")
@requires(*NOTE_READERS)
def show(assessment_id: str) -> str:
    """One assessment with its answers and its story."""
    who = identity()
    state, story = handlers.read(service(), who, assessment_id)
    assert state.entry is not None
    return render_template(
        "case/assessment.html",
        entry=state.entry,
        state=state,
        severity=INSTRUMENTS[state.entry.instrument].band_of(state.entry.total or 0),
        name=_name(who, state.entry.person_id),
        contract=pages.contract_titles(who).get(state.entry.contract_id, state.entry.contract_id),
        tasks=_tasks(who, assessment_id),
        story=story_lines(story, pages.colleagues(who)),
    )


@bp.route("/<assessment_id>/correct", methods=["GET", "POST"])
@requires(*NOTE_READERS)
def correct(assessment_id: str) -> Page:
    """Correct an assessment, with the reason."""
    who, error = identity(), None
    state, story = handlers.read(service(), who, assessment_id)
    entry = state.entry
    assert entry is not None
    instrument = INSTRUMENTS[entry.instrument]
    if request.method == "POST":
        try:
            fixed = {name: getattr(entry, name) for name in ("person_id", "instrument", "case_id", "unit_id")}
            asked = _asked(AssessmentCorrectionSchema(), fixed, instrument)
            meta, expected = command_meta(), expected_version()
            _require_read(handlers.correct(service(), who, meta, assessment_id, asked, expected, dry_run=True))
            return _saved(handlers.correct(service(), who, meta, assessment_id, asked, expected))
        except CaseledgerError as raised:
            error = raised
    values = _values(entry) | dict(request.form)
    back, name = f"/case/assessments/{assessment_id}", _name(who, entry.person_id)
    return _form(who, instrument, name, values, back, error=error, version=len(story), correcting=True)


@bp.route("/<assessment_id>/void", methods=["GET", "POST"])
@requires(*NOTE_READERS)
def void(assessment_id: str) -> Page:
    """Void an assessment, with the reason."""
    who, error, back = identity(), None, f"/case/assessments/{assessment_id}"
    state, story = handlers.read(service(), who, assessment_id)
    assert state.entry is not None
    if request.method == "POST":
        try:
            asked = load(VoidSchema(), pages.filled(request.form, "reason", "reason_text"))
            meta, expected = command_meta(), expected_version()
            require_read(ended=[assessment_id])
            return see_other(back, handlers.void(service(), who, meta, assessment_id, asked, expected))
        except CaseledgerError as raised:
            error = raised
    page = render_template("entry-void.html", on=state.entry.assessed_on, version=len(story), error=error, back=back)
    return page, error.status if error else 200


def _next_phase(who: Identity, person_id: str, instrument: Instrument) -> str:
    """The first questionnaire of a person is mostly the one before, every other one after."""
    with service().database.read() as connection:
        known = assessment_list(connection, who.agency_id, teams_seen(who), person_id=person_id, limit=200)
    earlier = [one for one in known if one["instrument"] == instrument.instrument_id and not one["voided"]]
    return instrument.phases[-1 if earlier else 0]


def _tasks(who: Identity, assessment_id: str) -> list[dict[str, Any]]:
    """What it has raised for its day."""
    with service().database.read() as connection:
        return task_list(connection, who.agency_id, teams_seen(who), phase=None, entry_id=assessment_id)


def _form(
    who: Identity,
    instrument: Instrument,
    name: str | None,
    values: dict[str, Any],
    back: str,
    *,
    error: CaseledgerError | None,
    version: int | None = None,
    correcting: bool = False,
) -> Page:
    page = render_template(
        "case/assessment-form.html",
        instrument=instrument,
        name=name,
        values=values,
        back=back,
        questions=QUESTIONS.get(instrument.instrument_id, ()),
        choices=[(score, f"{score} {words}") for score, words in enumerate(CHOICES.get(instrument.instrument_id, ()))],
        bands=[(band.lowest, pages.label("severity", band.code)) for band in instrument.bands],
        contracts=[*pages.contract_titles(who).items()],
        error=error,
        version=version,
        correcting=correcting,
    )
    return page, error.status if error else 200


def _asked(schema: Schema, fixed: dict[str, Any], instrument: Instrument) -> dict[str, Any]:
    """What the form asks for, as the API would have loaded it."""
    form = request.form
    names = [name for name in ("phase", "assessed_on", "contract_id", "language") if name in schema.fields]
    asked: dict[str, Any] = pages.filled(form, *names) | fixed | {"note": form.get("note", "").strip() or None}
    asked["child_safety_concern"] = "child_safety_concern" in form
    if instrument.items is not None:
        given = [form.get(f"answers.{index}", "") for index in range(instrument.items)]
        asked["answers"] = [int(one) for one in given if one.isdigit()]
    elif total := form.get("total", "").strip():
        asked["total"] = int(total) if total.lstrip("-").isdigit() else total
    for name in ("reason", "reason_text"):
        if name in schema.fields and form.get(name):
            asked[name] = form[name]
    return load(schema, asked)


def _values(entry: Assessment) -> dict[str, Any]:
    answers = {f"answers.{index}": one for index, one in enumerate(entry.answers or ())}
    shown = {name: getattr(entry, name) for name in ("phase", "contract_id", "language", "total", "note")}
    return shown | answers | {"assessed_on": entry.assessed_on.isoformat()}


def _name(who: Identity, person_id: str | None) -> str | None:
    if not person_id:
        return None
    names = pages.names_of(who, [person_id], "assessment")
    if person_id not in names:
        raise NotFound("person_not_found", "There is no such person.")
    return names[person_id]


def _require_read(would: Written) -> None:
    """Ask for its effects on reports that were sent to be read before a questionnaire is saved; no answer is told."""
    entry = would.state.entry
    assert entry is not None
    require_read(scores=[{name: getattr(entry, name) for name in _PUBLIC}])


def _saved(written: Written) -> Page:
    assert written.state.entry is not None
    return see_other(f"/case/assessments/{written.state.entry.assessment_id}", written.outcome)
