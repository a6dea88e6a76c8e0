"""The pages of visits: the list, logging one on a phone, one visit with its story, correcting and voiding."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, flash, render_template, request
from flask_babel import gettext

from services.outreach import naming
from services.outreach.cases.queries import case_numbers, members_of, open_cases
from services.outreach.visits import forms, handlers
from services.outreach.visits.domain import SETTINGS, is_met
from services.outreach.visits.forms import Draft, Row
from services.outreach.visits.handlers import Written, movable, visits
from services.outreach.visits.queries import cursor_of, told
from services.outreach.visits.schemas import VisitCorrectionSchema, VisitFromPlanSchema, VisitSchema
from services.outreach.visits.suggestions import suggested
from services.outreach.visits.wording import WORDS
from shared.auth.identity import Identity, identity, requires
from shared.auth.roles import NOTE_READERS, RECORDERS
from shared.auth.teams import teams_seen
from shared.clock import local_date
from shared.errors import CaseledgerError
from shared.eventstore import CommandMeta, Recorded
from shared.serviceunit import conflicts
from shared.serviceunit.compared import beside_what_stands, compared, is_overtaken
from shared.serviceunit.effects import reviewed
from shared.serviceunit.lifecycle import INITIAL, UnitState
from shared.serviceunit.moving.web import add_moving_page
from shared.serviceunit.pages import answered_referrals, may_undo, void_page
from shared.serviceunit.reading.web import add_reading_pages, reading_shown
from shared.serviceunit.shown import line, warned
from shared.web.requests import command_meta, expected_version, see_other, service

bp = Blueprint("visits", __name__, url_prefix="/visits")
add_reading_pages(bp, visits, "/outreach/visits")
add_moving_page(bp, movable)

Page = Any
Save = Callable[[Draft, CommandMeta], Written]
PAGE = 50


@bp.context_processor
def _functions() -> dict[str, Any]:
    return {"label": naming.label, "options": naming.options}


@bp.get("")
@requires(*RECORDERS)
def list_visits() -> str:
    """The visits of one's teams, newest first."""
    phase = request.args.get("phase") or None
    asked = {"phase": phase, "after": request.args.get("after"), "limit": PAGE}
    found = handlers.list_visits(service(), identity(), asked)
    places = dict(naming.place_options(identity()))
    rows = [_row(one, places) for one in found]
    following = cursor_of(found[-1]) if len(found) == PAGE else None
    return render_template("outreach/visits.html", rows=rows, phase=phase, following=following)


@bp.route("/new", methods=["GET", "POST"])
@requires(*RECORDERS)
def new() -> Page:
    """Log a visit; `?plan=1` plans one."""
    planned = request.args.get("plan") == "1"
    handler = visits.plan if planned else reviewed(visits).record

    def save(draft: Draft, meta: CommandMeta) -> Written:
        return handler(service(), identity(), meta, forms.asked_of(draft, VisitSchema()))

    draft = forms.blank(local_date(service().clock.now()), identity().account_id)
    draft.values |= _as_last(identity())
    return _form(draft, save, title=gettext("Plan a visit") if planned else gettext("Log a visit"), planned=planned)


@bp.get("/<visit_id>")
@requires(*RECORDERS)
def show(visit_id: str) -> str:
    """One visit: who was met, and its story."""
    who = identity()
    state, story = visits.read(service(), who, visit_id)
    unit = state.unit
    assert unit is not None
    accounts = naming.account_names(who)
    reading = reading_shown(who, state, len(story), accounts)
    return render_template(
        "outreach/visit.html",
        unit=unit,
        state=state,
        names=naming.names_by_id(who, [one.person_id for one in unit.participants]),
        workers=[{**accounts, **dict(state.helpers)}.get(one, naming.short(one)) for one in unit.served_by],
        place=dict(naming.place_options(who)).get(unit.place_id or ""),
        contracts=[dict(naming.contract_options(who)).get(one.contract_id, one.contract_id) for one in unit.segments],
        case_number=_case_number(unit.case_id),
        story=reading.with_story(_told(one, accounts) for one in story),
        reading=reading,
        shows_note=who.role in NOTE_READERS,
        version=len(story),
        may_undo=may_undo(who, state, story),
    )


@bp.route("/<visit_id>/record", methods=["GET", "POST"])
@requires(*RECORDERS)
def record(visit_id: str) -> Page:
    """Say what became of a planned visit."""
    state, story = visits.read(service(), identity(), visit_id)

    def save(draft: Draft, meta: CommandMeta) -> Written:
        asked = forms.asked_of(draft, VisitFromPlanSchema(), state)
        return reviewed(visits).record_planned(service(), identity(), meta, visit_id, asked, expected_version())

    return _form(_draft_of(state), save, title=gettext("Log a visit"), state=state, story=story)


@bp.route("/<visit_id>/correct", methods=["GET", "POST"])
@requires(*RECORDERS)
def correct(visit_id: str) -> Page:
    """Correct a recorded visit, with the reason."""
    state, story = visits.read(service(), identity(), visit_id)

    def save(draft: Draft, meta: CommandMeta) -> Written:
        asked = forms.asked_of(draft, VisitCorrectionSchema(), state)
        return reviewed(visits).correct(service(), identity(), meta, visit_id, asked, expected_version())

    title = gettext("Correct a visit")
    return _form(_draft_of(state), save, title=title, state=state, story=story, correcting=True)


@bp.post("/<visit_id>/referral")
@requires(*RECORDERS)
def referral(visit_id: str) -> Page:
    """Say whether somebody took up their referral; a correction for the reason that there is something new."""
    state, _ = visits.read(service(), identity(), visit_id)
    draft = forms.of_state(state, with_note=False)
    draft.values |= {"reason": "new_information", "referrals": answered_referrals(state)}
    asked = forms.asked_of(draft, VisitCorrectionSchema(), state)
    return _saved(visits.correct(service(), identity(), command_meta(), visit_id, asked, expected_version()))


@bp.route("/<visit_id>/void", methods=["GET", "POST"])
@requires(*RECORDERS)
def void(visit_id: str) -> Page:
    """Void a visit, with the reason."""
    return void_page(visits, visit_id, f"/outreach/visits/{visit_id}")


def _form(
    draft: Draft,
    save: Save,
    *,
    title: str,
    state: UnitState = INITIAL,
    story: Sequence[Recorded] = (),
    planned: bool = False,
    correcting: bool = False,
) -> Page:
    """Save the form, or draw it: with what its other buttons asked for, or beside what a colleague has saved."""
    error, comparing = None, bool(story) and "conflict" in request.form
    if request.method == "POST":
        draft = forms.of_form(request.form)
        try:
            if not _redraw(draft):
                draft = conflicts.chosen(draft, _draft_of(state), draft.choices) if comparing else draft
                return _saved(save(draft, command_meta()))
        except CaseledgerError as raised:
            error = raised
    stale = bool(story) and is_overtaken(error)
    if stale and state.unit is not None:
        draft, state, story = beside_what_stands(visits, draft, state.unit.unit_id, story, _draft_of)
        comparing, correcting = True, state.phase == "recorded"
    if comparing and error is not None and (error.code == "nothing_changed" or (stale and not draft.choices)):
        flash(gettext("What your colleague has saved stays as it is."))
        return see_other(f"/outreach/visits/{state.unit.unit_id}" if state.unit else "/outreach/visits")
    shown = _shown(draft, state, story, comparing=comparing)
    more = {"error": error, "stale": stale, "title": title, "planned": planned, "correcting": correcting}
    return render_template("outreach/visit-form.html", **shown, **more), error.status if error else 200


def _shown(draft: Draft, state: UnitState, story: Sequence[Recorded], *, comparing: bool) -> dict[str, Any]:
    """All that the form shows."""
    who = identity()
    theirs = _draft_of(state) if comparing else None
    ids = {row.person_id for row in (*draft.rows, *(theirs.rows if theirs else ())) if not row.is_new}
    names, accounts = naming.names_by_id(who, list(ids)), naming.account_names(who)
    places, contracts, cases = naming.place_options(who), naming.contract_options(who), _case_options(state)
    new = {row.person_id: row.new_name for row in draft.rows if row.is_new}
    offered = suggested(who, draft, handlers.latest_visits(service(), who))
    known = {**names, **new, **accounts, **dict(places), **dict(contracts), **dict(cases)}
    return {
        "draft": draft,
        "version": len(story) or None,
        "names": names,
        "suggested": offered,
        "usual_roles": handlers.usual_roles(service(), who, offered),
        "anybody": Row(person_id="contact-anybody"),
        "known_places": places,
        "contracts": contracts,
        "teams": naming.team_options(who),
        "cases": cases,
        "workers": list(accounts.items()),
        "settings": naming.options("setting", *SETTINGS),
        "split": state.unit is not None and len(state.unit.segments) > 1,
        "shows_note": who.role in NOTE_READERS or not story,
        "back": f"/outreach/visits/{state.unit.unit_id}" if state.unit else "/outreach/visits",
        "differences": compared(draft, theirs, WORDS, known) if theirs else [],
        "their_name": accounts.get(story[-1].actor) if theirs else None,
        "their_time": story[-1].recorded_at if theirs else None,
    }


def _redraw(draft: Draft) -> bool:
    """Do what a button other than the saving one asks for; say whether there was one."""
    form, who = request.form, identity()
    if "find" in form:
        draft.found = naming.find(who, teams_seen(who), form.get("q", ""))
    elif "add" in form:
        _add(draft, [form["add"]])
    elif "add_new" in form:
        row = forms.new_row(form)
        if row.is_new:
            draft.add(row)
        else:
            draft.found = {}
    elif "add_case" in form:
        _add(draft, _members(form.get("case_id", "")))
    elif "remove" in form:
        draft.remove(form["remove"])
    elif "near" in form:
        pass  # The place has changed, and with it who is offered.
    else:
        return False
    return True


def _add(draft: Draft, person_ids: list[str]) -> None:
    roles = handlers.usual_roles(service(), identity(), person_ids)
    for person_id in person_ids:
        draft.add(Row(person_id=person_id, role=roles.get(person_id, "")))


def _as_last(who: Identity) -> dict[str, Any]:
    """Where and for which contract this person was out last, so that they need not say it again."""
    own = (one for one in handlers.latest_visits(service(), who) if who.account_id in one.served_by)
    last = next(own, None)
    if last is None or last.setting != "outreach":
        return {}
    contract = last.segments[0].contract_id if len(last.segments) == 1 else ""
    return {"place_id": last.place_id, "contract_id": contract}


def _draft_of(state: UnitState) -> Draft:
    return forms.of_state(state, with_note=identity().role in NOTE_READERS)


def _saved(written: Written) -> Page:
    for notice in warned(written.notices):
        flash(notice["message"])
    return see_other(f"/outreach/visits/{written.outcome.stream_id}", written.outcome)


def _row(visit: dict[str, Any], places: dict[str, str]) -> dict[str, Any]:
    return {**visit, "met": _counts(visit["participants"]), "place": places.get(visit["place_id"] or "", "")}


def _counts(participants: list[dict[str, Any]]) -> tuple[int, int]:
    """How many were met, of how many; for a list, since what counts is for a contract to say."""
    return sum(1 for one in participants if one["status"] not in ("absent", "excused")), len(participants)


def _members(case_id: str) -> list[str]:
    with service().database.read() as connection:
        return members_of(connection, identity().agency_id, case_id)


def _case_number(case_id: str | None) -> str | None:
    if case_id is None:
        return None
    with service().database.read() as connection:
        return case_numbers(connection, identity().agency_id, [case_id]).get(case_id)


def _case_options(state: UnitState) -> list[tuple[str, str]]:
    """The cases to choose from; the one of the entry stays among them."""
    who = identity()
    own = state.unit.case_id if state.unit is not None else None
    with service().database.read() as connection:
        found = {one.case_id: one.case_number for one in open_cases(connection, who.agency_id, teams_seen(who))}
        if own is not None:
            found |= case_numbers(connection, who.agency_id, [own])
    return list(found.items())


def _told(recorded: Recorded, accounts: dict[str, str]) -> dict[str, Any]:
    """One version of the entry as a line of its story."""
    unit, detail = getattr(recorded.event, "unit", None), None
    if unit is not None:
        met = sum(map(is_met, unit.participants))
        detail = gettext("%(met)s of %(named)s contacts met", met=met, named=len(unit.participants))
    return line(told(recorded, accounts, with_note=identity().role in NOTE_READERS), detail)
