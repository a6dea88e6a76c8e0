"""The pages of assessments: log one, look at it, correct it, void it."""

from datetime import date
from functools import partial
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext, lazy_gettext
from marshmallow import Schema

from services.case import pages
from services.case.assessments import handlers
from services.case.assessments.domain import Assessment
from services.case.assessments.handlers import Written
from services.case.assessments.instruments import INSTRUMENTS, Instrument
from services.case.assessments.schemas import AssessmentCorrectionSchema, AssessmentSchema
from shared.auth.identity import Identity, identity, requires
from shared.auth.roles import NOTE_READERS
from shared.clock import local_date
from shared.errors import CaseledgerError, NotFound
from shared.eventstore import Recorded
from shared.serviceunit.schemas import VoidSchema
from shared.web.field_messages import load
from shared.web.requests import command_meta, expected_version, see_other, service

bp = Blueprint("assessments", __name__, url_prefix="/assessments")

Page = Any
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
STORY = {
    "AssessmentRecorded": lazy_gettext("Recorded"),
    "AssessmentCorrected": lazy_gettext("Corrected"),
    "AssessmentVoided": lazy_gettext("Voided"),
}


@bp.route("/new", methods=["GET", "POST"])
@requires(*NOTE_READERS)
def new() -> Page:
    """Log an assessment of one person."""
    who, person_id, chosen = identity(), request.args.get("person_id", ""), request.args.get("instrument", "")
    name = _name(who, person_id)
    if chosen not in INSTRUMENTS:
        return render_template(
            "case/choose-instrument.html", person_id=person_id, name=name, instruments=list(INSTRUMENTS)
        )
    instrument, error = INSTRUMENTS[chosen], None
    if request.method == "POST":
        try:
            asked = _asked(AssessmentSchema(), {"person_id": person_id, "instrument": chosen}, instrument)
            return _saved(handlers.record(service(), who, command_meta(), asked))
        except CaseledgerError as raised:
            error = raised
    blank = {
        "phase": instrument.phases[0],
        "assessed_on": local_date(service().clock.now()).isoformat(),
        "language": "zh-Hant",
    }
    return _form(who, instrument, name, blank | dict(request.form), f"/case/people/{person_id}", error=error)


@bp.get("/<assessment_id>")
@requires(*NOTE_READERS)
def show(assessment_id: str) -> Page:
    """One assessment with its answers and its story."""
    return _assessment(assessment_id)


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
            return _saved(handlers.correct(service(), who, meta, assessment_id, asked, expected))
        except CaseledgerError as raised:
            error = raised
    values = _values(entry) | dict(request.form)
    back, name = f"/case/assessments/{assessment_id}", _name(who, entry.person_id)
    return _form(who, instrument, name, values, back, error=error, version=len(story), correcting=True)


@bp.post("/<assessment_id>/void")
@requires(*NOTE_READERS)
def void(assessment_id: str) -> Page:
    """Void an assessment, with the reason."""
    try:
        asked = load(VoidSchema(), pages.filled(request.form, "reason"))
        meta, expected = command_meta(), expected_version()
        outcome = handlers.void(service(), identity(), meta, assessment_id, asked, expected)
        return see_other(f"/case/assessments/{assessment_id}", outcome)
    except CaseledgerError as raised:
        return _assessment(assessment_id, raised)


def _assessment(assessment_id: str, error: CaseledgerError | None = None) -> Page:
    who = identity()
    state, story = handlers.read(service(), who, assessment_id)
    assert state.entry is not None
    page = render_template(
        "case/assessment.html",
        entry=state.entry,
        state=state,
        version=len(story),
        name=_name(who, state.entry.person_id),
        contract=pages.contract_titles(who).get(state.entry.contract_id, state.entry.contract_id),
        story=[*map(partial(_line, pages.colleagues(who)), reversed(story))],
        error=error,
    )
    return page, error.status if error else 200


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
        choices=[*enumerate(CHOICES.get(instrument.instrument_id, ()))],
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


def _saved(written: Written) -> Page:
    assert written.state.entry is not None
    return see_other(f"/case/assessments/{written.state.entry.assessment_id}", written.outcome)


def _line(colleagues: dict[str, str], recorded: Recorded) -> dict[str, Any]:
    event = recorded.event
    total, day = getattr(event, "total", None), getattr(event, "assessed_on", None)
    return {
        "what": STORY[recorded.type],
        "who": colleagues.get(recorded.actor),
        "when": recorded.recorded_at,
        "detail": None if total is None else gettext("total %(total)s", total=total) + _on(day),
        "reason": pages.label("reason", getattr(event, "reason", None)),
    }


def _on(day: date | None) -> str:
    return f" · {day.isoformat()}" if day else ""
