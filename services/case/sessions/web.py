"""The pages of sessions: log or plan one, look at it with its story, correct it, void it."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import partial
from typing import Any

from flask import Blueprint, flash, render_template, request
from flask_babel import gettext

from services.case import pages
from services.case.cases import handlers as cases
from services.case.cases.domain import Case
from services.case.cases.queries import case_list
from services.case.people.handlers import find
from services.case.people.queries import roles_on
from services.case.sessions import forms, queries
from services.case.sessions.domain import PROFESSIONS
from services.case.sessions.forms import Draft, Row
from services.case.sessions.handlers import (
    DOUBTS,
    InDoubt,
    Written,
    movable,
    sessions,
    sessions_if_sure,
    take_back_next,
)
from services.case.sessions.schemas import HeldSessionSchema, SessionCorrectionSchema, SessionSchema
from services.case.sessions.story import people_in, story_lines
from services.case.tasks.queries import task_list
from shared.auth.identity import Identity, identity, requires
from shared.auth.roles import RECORDERS
from shared.auth.teams import reads_notes, teams_seen
from shared.clock import local_date
from shared.errors import CaseledgerError
from shared.eventstore import CommandMeta
from shared.serviceunit.effects import reviewed
from shared.serviceunit.lifecycle import UnitState
from shared.serviceunit.moving.web import add_moving_page
from shared.serviceunit.pages import answered_referrals, may_undo, void_page
from shared.serviceunit.reading.web import add_reading_pages, reading_shown
from shared.serviceunit.recording import Recording
from shared.serviceunit.shown import warned
from shared.web.requests import command_meta, expected_version, see_other, service

bp = Blueprint("sessions", __name__, url_prefix="/sessions")
add_reading_pages(bp, sessions, queries.ADDRESS)
add_moving_page(bp, movable)

Page = Any
Save = Callable[[Draft, CommandMeta], Written]


@bp.route("/new", methods=["GET", "POST"])
@requires(*RECORDERS)
def new() -> Page:
    """Log a session of a case, or plan one (`?plan=1`)."""
    who = identity()
    if "case_id" not in request.args:
        return _choose_case(who)
    case, _ = cases.load(service(), who, request.args["case_id"])
    planned = request.args.get("plan") == "1"

    def save(draft: Draft, meta: CommandMeta) -> Written:
        schema = SessionSchema() if planned else HeldSessionSchema()
        asked = forms.asked_of(draft, schema, case.case_id, {"note": draft.values["note"] or None})
        handler = sessions.plan if planned else _as_sure_as_asked().record
        return handler(service(), who, meta, asked)

    return _form(who, case, _new_draft(who, case), save, planned=planned)


@bp.get("/<session_id>")
@requires(*RECORDERS)
def show(session_id: str) -> str:
    """One session with its story."""
    who = identity()
    state, story = sessions.read(service(), who, session_id)
    unit = state.unit
    assert unit is not None
    colleagues = pages.colleagues(who)
    titles = pages.contract_titles(who)
    names = pages.names_of(who, people_in(story), "session page")
    reading = reading_shown(who, state, len(story), colleagues)
    return render_template(
        "case/session.html",
        unit=unit,
        state=state,
        cases=_cases(who, unit.case_ids or ((unit.case_id,) if unit.case_id else ())),
        names=names,
        workers=[{**colleagues, **dict(state.helpers)}.get(one, one) for one in unit.served_by],
        contracts=[titles.get(one.contract_id, one.contract_id) for one in unit.segments],
        reads_notes=reads_notes(who),
        story=reading.with_story(story_lines(story, who, colleagues, names)),
        reading=reading,
        tasks=_tasks(who, session_id) if reads_notes(who) else [],
        version=len(story),
        undo_version=len(story) if may_undo(who, state, story) else None,
        planned=_planned(who, unit.case_id) if unit.case_id else [],
    )


@bp.route("/<session_id>/record", methods=["GET", "POST"])
@requires(*RECORDERS)
def record(session_id: str) -> Page:
    """Say how a planned session went."""
    who = identity()
    state, story = sessions.read(service(), who, session_id)

    def save(draft: Draft, meta: CommandMeta) -> Written:
        asked = forms.asked_of(draft, HeldSessionSchema(), _first_case(state), _note_of(draft, who), state)
        return _as_sure_as_asked().record_planned(service(), who, meta, session_id, asked, expected_version())

    return _form_of(who, state, save, len(story))


@bp.route("/<session_id>/correct", methods=["GET", "POST"])
@requires(*RECORDERS)
def correct(session_id: str) -> Page:
    """Correct a recorded session, with the reason."""
    who = identity()
    state, story = sessions.read(service(), who, session_id)

    def save(draft: Draft, meta: CommandMeta) -> Written:
        asked = forms.asked_of(draft, SessionCorrectionSchema(), _first_case(state), _note_of(draft, who), state)
        return reviewed(sessions).correct(service(), who, meta, session_id, asked, expected_version())

    return _form_of(who, state, save, len(story), correcting=True)


@bp.post("/<session_id>/referral")
@requires(*RECORDERS)
def referral(session_id: str) -> Page:
    """Say whether somebody took up their referral; a correction for the reason that there is something new."""
    who = identity()
    state, _ = sessions.read(service(), who, session_id)
    draft = forms.of_state(state, set(), local_date(service().clock.now()), with_note=reads_notes(who))
    draft.values |= {"reason": "new_information", "referrals": answered_referrals(state)}
    asked = forms.asked_of(draft, SessionCorrectionSchema(), _first_case(state), _note_of(draft, who), state)
    return _saved(sessions.correct(service(), who, command_meta(), session_id, asked, expected_version()))


@bp.route("/<session_id>/void", methods=["GET", "POST"])
@requires(*RECORDERS)
def void(session_id: str) -> Page:
    """Void a session, with the reason."""
    return void_page(
        sessions, session_id, f"/case/sessions/{session_id}", partial(take_back_next, service(), session_id)
    )


def _tasks(who: Identity, session_id: str) -> list[dict[str, Any]]:
    """What it has raised for its day."""
    with service().database.read() as connection:
        return task_list(connection, who.agency_id, teams_seen(who), phase=None, entry_id=session_id)


def _planned(who: Identity, case_id: str, until: date | None = None) -> list[dict[str, Any]]:
    """What is planned for a case and not recorded yet, the next first."""
    with service().database.read() as connection:
        return queries.planned_of_case(connection, who.agency_id, case_id, until)


def _as_sure_as_asked() -> Recording[Written]:
    """Who has read what is doubtful, and saves all the same, is not asked again."""
    return reviewed(sessions if "confirmed" in request.form else sessions_if_sure)


def _choose_case(who: Identity) -> str:
    text = request.form.get("q", "")  # Sent in the body: a number in an address would be written down on the way.
    with service().database.read() as connection:
        found = case_list(
            connection, who.agency_id, teams_seen(who), worker_id=None if text else who.account_id, q=text, limit=50
        )
    found = [one for one in found if one["stage"] != "closed" or text]
    present = [one["person_id"] for case in found for one in case["members"] if one["to_date"] is None]
    names = pages.names_of(who, present, "choose a case")
    plan = request.args.get("plan")
    return render_template("case/choose-case.html", cases=found, names=names, q=text, plan=plan)


def _new_draft(who: Identity, case: Case) -> Draft:
    if request.method == "POST":
        return forms.of_form(request.form)
    today = local_date(service().clock.now())
    with service().database.read() as connection:
        last = queries.last_session(connection, case.case_id, who.account_id)
    return forms.blank(today, who.account_id, _members(case), case.contract_id, last)


def _members(case: Case) -> list[Row]:
    """The members of today, each in the role they most likely have."""
    today = local_date(service().clock.now())
    members = [one.person_id for one in case.members if one.to_date is None or one.to_date >= today]
    with service().database.read() as connection:
        roles = roles_on(connection, members, today)
    return [Row(person_id=one, role=forms.usual_role(roles.get(one, set()), is_member=True)) for one in members]


def _first_case(state: UnitState) -> str:
    return (state.unit.case_id if state.unit else None) or ""


def _form_of(who: Identity, state: UnitState, save: Save, version: int, *, correcting: bool = False) -> Page:
    unit = state.unit
    assert unit is not None
    case, *others = [cases.load(service(), who, one)[0] for one in unit.case_ids or (_first_case(state),)]
    members = {one.person_id for known in (case, *others) for one in known.members}
    today = local_date(service().clock.now())
    draft = forms.of_state(state, members, today, with_note=reads_notes(who))
    if request.method == "POST":
        draft = forms.of_form(request.form)
    return _form(who, case, draft, save, state=state, version=version, correcting=correcting)


def _form(
    who: Identity,
    case: Case,
    draft: Draft,
    save: Save,
    *,
    state: UnitState | None = None,
    version: int | None = None,
    planned: bool = False,
    correcting: bool = False,
) -> Page:
    """Save the form, or draw it again with what its other buttons asked for."""
    error, doubts = None, []
    if request.method == "POST" and not _redrawn(who, case, draft):
        try:
            return _saved(save(draft, command_meta()))
        except InDoubt as raised:
            doubts = warned(raised.notices)
        except CaseledgerError as raised:
            error = raised
    unit, today = state.unit if state else None, local_date(service().clock.now())
    regular = (forms.REGULAR, gettext("Regular service"))
    contracts = [regular, *pages.contract_titles(who).items()]
    if unit is not None and len(unit.segments) > 1:
        contracts.append((forms.SEVERAL, gettext("Shared by several, as it is")))
    page = render_template(
        "case/session-form.html",
        case=case,
        draft=draft,
        planned=planned,
        correcting=correcting,
        version=version,
        error=error,
        doubts=doubts,
        today=today,
        yesterday=today - timedelta(days=1),
        lengths=forms.LENGTHS,
        waiting=_planned(who, case.case_id, today) if unit is None and not planned else [],
        names=pages.names_of(who, _named(draft), "session form"),
        other_cases=_cases(who, draft.cases),
        contracts=contracts,
        running=[*pages.contract_titles(who, today).items(), regular],
        workers=_workers(who, draft),
        professions=PROFESSIONS,
        roles_beside=forms.ROLES_BESIDE,
        back=f"/case/sessions/{unit.unit_id}" if unit else f"/case/cases/{case.case_id}",
        shows_note=reads_notes(who) or unit is None,
        closed=case.stage == "closed",
    )
    return page, error.status if error else 200


def _named(draft: Draft) -> set[str]:
    """Whose names the form shows."""
    found = (one["person_id"] for case in draft.found_cases for one in case["members"])
    return {*(row.person_id for row in draft.rows), *found}


def _redrawn(who: Identity, case: Case, draft: Draft) -> bool:
    """Do what another button than saving asked for; say whether there was one."""
    form = request.form
    if "find" in form:
        text = form.get("q", "")
        found = find(service(), who, text, None, 20, None) if text.strip() else []
        here = {row.person_id for row in draft.rows}
        draft.found = [one for one in found if one["person_id"] not in here]
        draft.found_cases = _found_cases(who, form.get("case_q", "").strip(), {case.case_id, *draft.cases})
    elif "add_case" in form:
        draft.values["kind"] = "support_session"
        draft.cases = [*dict.fromkeys((*draft.cases, form["add_case"]))]
        for row in _members(cases.load(service(), who, form["add_case"])[0]):
            draft.add(row)
    elif "remove_case" in form:
        draft.cases = [one for one in draft.cases if one != form["remove_case"]]
        _remove_members(who, draft, form["remove_case"], [case.case_id, *draft.cases])
    elif "add" in form:
        draft.add(Row(person_id=form["add"], role="collateral", is_member=False))
    elif "remove" in form:
        draft.remove(form["remove"])
    else:
        return False
    return True


def _found_cases(who: Identity, text: str, here: set[str]) -> list[dict[str, Any]]:
    if not text:
        return []
    with service().database.read() as connection:
        found = case_list(connection, who.agency_id, teams_seen(who), q=text, limit=20)
    return [one for one in found if one["case_id"] not in here]


def _remove_members(who: Identity, draft: Draft, case_id: str, others: list[str]) -> None:
    """Take the members of a case out of the form, unless another case there has them too."""
    of_others = {one.person_id for other in others for one in cases.load(service(), who, other)[0].members}
    for one in cases.load(service(), who, case_id)[0].members:
        if one.person_id not in of_others:
            draft.remove(one.person_id)


def _saved(written: Written) -> Page:
    assert written.state.unit is not None
    read = DOUBTS if "confirmed" in request.form else ()
    for notice in warned(one for one in written.notices if one.code not in read):
        flash(notice["message"])
    if "child_safety_concern" in request.form:
        flash(gettext("The worker and the team leader are asked to follow this up today."))
    return see_other(f"/case/sessions/{written.state.unit.unit_id}", written.outcome)


def _note_of(draft: Draft, who: Identity) -> dict[str, Any]:
    """The note, for those who have seen what it was before; otherwise it stays."""
    return {"note": draft.values.get("note") or None} if reads_notes(who) else {}


def _workers(who: Identity, draft: Draft) -> list[tuple[str, str]]:
    """Those one works with, and whoever is named in the form already."""
    choices = dict(pages.workers(who))
    colleagues = pages.colleagues(who)
    return [*({one: colleagues.get(one, one) for one in draft.values["served_by"]} | choices).items()]


def _cases(who: Identity, case_ids: Iterable[str]) -> list[tuple[str, str]]:
    shown = []
    for case_id in case_ids:
        try:
            shown.append((case_id, cases.load(service(), who, case_id)[0].case_number))
        except CaseledgerError:
            continue
    return shown
