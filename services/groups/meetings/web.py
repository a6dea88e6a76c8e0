"""The pages of meetings: the roster, one meeting with its story, correcting and voiding."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, flash, render_template, request
from flask_babel import get_locale, gettext

from services.groups.groups.domain import FAMILY_ACTIVITIES, SECTOR_ACTIVITIES
from services.groups.groups.handlers import read_group
from services.groups.groups.queries import group as group_of_agency
from services.groups.groups.queries import groups, members_on
from services.groups.meetings import forms, queries
from services.groups.meetings.forms import Draft, Row
from services.groups.meetings.handlers import Written, meetings
from services.groups.meetings.schemas import MeetingCorrectionSchema, MeetingSchema
from services.groups.naming import contract_title, find, names_by_id
from services.groups.people.queries import people_on
from shared.auth.identity import Identity, identity, requires
from shared.auth.roles import NOTE_READERS, RECORDERS
from shared.auth.teams import teams_seen
from shared.clock import local_date
from shared.errors import CaseledgerError
from shared.eventstore import CommandMeta
from shared.serviceunit import codes
from shared.serviceunit.learnt.queries import contracts
from shared.serviceunit.lifecycle import UnitState
from shared.serviceunit.pages import void_page
from shared.serviceunit.shown import line, told, warned
from shared.web.requests import command_meta, expected_version, see_other, service

bp = Blueprint("meetings", __name__, url_prefix="/meetings")

Page = Any
Save = Callable[[Draft, CommandMeta], Written]


@bp.app_context_processor
def _labels() -> dict[str, Any]:
    locale = str(get_locale())
    return {
        "label": lambda vocabulary, code: codes.label(vocabulary, code, locale),
        "options": lambda vocabulary, chosen=None: [
            (code, codes.label(vocabulary, code, locale)) for code in chosen or codes.VOCABULARIES[vocabulary]
        ],
    }


@bp.get("")
@requires(*RECORDERS)
def list_meetings() -> str:
    """The latest meetings of one's teams."""
    who = identity()
    kind = request.args.get("kind")
    with service().database.read() as connection:
        found = queries.meetings(
            connection, who.agency_id, teams_seen(who), kind=kind, after=request.args.get("after"), limit=50
        )
        titles = {one["group_id"]: one["title"] for one in groups(connection, who.agency_id, None, limit=1000)}
    following = queries.cursor_of(found[-1]) if len(found) == 50 else None
    return render_template("groups/meetings.html", meetings=found, titles=titles, kind=kind, following=following)


@bp.route("/new", methods=["GET", "POST"])
@requires(*RECORDERS)
def new() -> Page:
    """Record a meeting of a group, or an event for the sector; `?plan=1` plans it."""
    who, kind = identity(), request.args.get("kind", "group_meeting")
    group = read_group(service(), who, request.args["group_id"]) if "group_id" in request.args else None
    if group is None and kind == "group_meeting":
        return _choose_group(who)
    if group is not None and group["activity"] in SECTOR_ACTIVITIES:
        kind = "sector_event"
    planned = request.args.get("plan") == "1"

    def save(draft: Draft, meta: CommandMeta) -> Written:
        fixed = {"kind": kind, "group_id": group["group_id"] if group else None}
        asked = forms.asked_of(draft, MeetingSchema(), fixed=fixed)
        handler = meetings.plan if planned else meetings.record
        return handler(service(), who, meta, asked)

    return _form(_draft(who, group), save, group=group, kind=kind, planned=planned)


@bp.get("/<meeting_id>")
@requires(*RECORDERS)
def show(meeting_id: str) -> str:
    """One meeting with its attendance and its story."""
    who = identity()
    state, story = meetings.read(service(), who, meeting_id)
    unit = state.unit
    assert unit is not None
    accounts = {one.account_id: one.display_name for one in service().accounts.list_accounts(who.agency_id)}
    titles = dict(_contract_titles(who))
    return render_template(
        "groups/meeting.html",
        contracts=[titles.get(one.contract_id, one.contract_id) for one in unit.segments],
        unit=unit,
        state=state,
        group=_group_of(who, unit.group_id),
        names=names_by_id(who, [one.person_id for one in unit.participants]),
        workers=[{**accounts, **dict(state.helpers)}.get(one, one) for one in unit.served_by],
        shows_note=who.role in NOTE_READERS,
        story=[line(item := told(recorded, who, accounts), _detail(item["unit"])) for recorded in reversed(story)],
    )


@bp.route("/<meeting_id>/record", methods=["GET", "POST"])
@requires(*RECORDERS)
def record(meeting_id: str) -> Page:
    """Say how a planned meeting went."""
    who = identity()
    state, story = meetings.read(service(), who, meeting_id)

    def save(draft: Draft, meta: CommandMeta) -> Written:
        asked = forms.asked_of(draft, MeetingSchema(), before=state)
        return meetings.record_planned(service(), who, meta, meeting_id, asked, expected_version())

    return _form(_draft_of(state, who), save, state=state, version=len(story))


@bp.route("/<meeting_id>/correct", methods=["GET", "POST"])
@requires(*RECORDERS)
def correct(meeting_id: str) -> Page:
    """Correct a recorded meeting."""
    who = identity()
    state, story = meetings.read(service(), who, meeting_id)

    def save(draft: Draft, meta: CommandMeta) -> Written:
        asked = forms.asked_of(draft, MeetingCorrectionSchema(), before=state)
        return meetings.correct(service(), who, meta, meeting_id, asked, expected_version())

    return _form(_draft_of(state, who), save, state=state, version=len(story), correcting=True)


@bp.route("/<meeting_id>/void", methods=["GET", "POST"])
@requires(*RECORDERS)
def void(meeting_id: str) -> Page:
    """Void a meeting, with the reason."""
    return void_page(meetings, meeting_id, f"/groups/meetings/{meeting_id}")


def _choose_group(who: Identity) -> str:
    with service().database.read() as connection:
        found = groups(connection, who.agency_id, teams_seen(who), phase="open", limit=200)
    return render_template("groups/choose-group.html", groups=found, plan=request.args.get("plan"))


def _draft(who: Identity, group: dict[str, Any] | None) -> Draft:
    """The form as sent, else a new one with everybody who belongs to the group today."""
    if request.method == "POST":
        return forms.of_form(request.form)
    today = local_date(service().clock.now())
    if group is None:
        return forms.blank(today, who.account_id, [], None)
    draft = forms.blank(today, who.account_id, _members(group["group_id"], today), group["contract_id"])
    with service().database.read() as connection:
        for last in queries.meetings(connection, who.agency_id, None, group_id=group["group_id"], limit=1):
            draft.values |= {name: last[name] for name in ("minutes", "mode", "setting")}
    return draft


def _draft_of(state: UnitState, who: Identity) -> Draft:
    """The form as sent, else the entry as it is; a planned one without people starts with the members of its day."""
    if request.method == "POST":
        return forms.of_form(request.form)
    draft, unit = forms.of_state(state), state.unit
    if who.role not in NOTE_READERS:
        draft.values["note"] = None
    if unit is not None and state.phase == "planned" and not draft.rows and unit.group_id:
        for member in _members(unit.group_id, unit.occurred_on):
            draft.add(Row(person_id=member["person_id"], role=member["role"]))
    return draft


def _form(
    draft: Draft,
    save: Save,
    *,
    group: dict[str, Any] | None = None,
    kind: str | None = None,
    state: UnitState | None = None,
    version: int | None = None,
    planned: bool = False,
    correcting: bool = False,
) -> Page:
    """Save the form, or draw it again with what its other buttons asked for."""
    who, unit = identity(), state.unit if state else None
    kind = kind or (unit.kind if unit else "group_meeting")
    if group is None and unit is not None:
        group = _group_of(who, unit.group_id)
    error, status = None, 200
    if request.method == "POST" and not _redrawn(draft, who, group, sector=kind == "sector_event"):
        try:
            return _saved(save(draft, command_meta()))
        except CaseledgerError as raised:
            error, status = raised, raised.status
    page = render_template(
        "groups/meeting-form.html",
        draft=draft,
        group=group,
        kind=kind,
        planned=planned,
        correcting=correcting,
        version=version,
        error=error,
        names=names_by_id(who, [row.person_id for row in draft.rows]),
        sector_activities=SECTOR_ACTIVITIES,
        family_activities=FAMILY_ACTIVITIES,
        back=f"/groups/meetings/{unit.unit_id}" if unit else "/groups/groups",
        shows_note=who.role in NOTE_READERS or state is None,
        **_choices(who),
    )
    return page, status


def _redrawn(draft: Draft, who: Identity, group: dict[str, Any] | None, *, sector: bool) -> bool:
    """Do what another button than saving asked for; say whether there was one."""
    form = request.form
    if "find" in form:
        draft.found = find(who, form.get("q", ""), sector=sector)
    elif "add" in form:
        draft.add(Row(person_id=form["add"], role=_usual_role(who, form["add"], draft, sector=sector), walk_in=True))
    elif "remove" in form:
        draft.remove(form["remove"])
    elif "refresh" in form:
        for member in _members(group["group_id"], _day(draft)) if group else ():
            draft.add(Row(person_id=member["person_id"], role=member["role"]))
    else:
        return False
    return True


def _saved(written: Written) -> Page:
    for notice in warned(written.notices):
        flash(notice["message"])
    return see_other(f"/groups/meetings/{written.outcome.stream_id}", written.outcome)


def _choices(who: Identity) -> dict[str, Any]:
    accounts = service().accounts.list_accounts(who.agency_id)
    return {
        "contracts": [
            (forms.REGULAR, gettext("Regular service")),
            *_contract_titles(who),
        ],
        "workers": [
            (one.account_id, one.display_name)
            for one in accounts
            if one.role in RECORDERS and not one.disabled and _works_with(who, one.team_ids)
        ],
        "teams": [(one.team_id, one.name) for one in service().accounts.list_teams(who.agency_id)],
        "who_teams": who.team_ids,
    }


def _contract_titles(who: Identity) -> list[tuple[str, str]]:
    with service().database.read() as connection:
        return [(one["contract_id"], contract_title(one)) for one in contracts(connection, who.agency_id)]


def _works_with(who: Identity, team_ids: tuple[str, ...]) -> bool:
    return who.role == "agency_admin" or not team_ids or bool(who.team_ids.intersection(team_ids))


def _group_of(who: Identity, group_id: str | None) -> dict[str, Any] | None:
    """The group of a meeting; its title is public, also where another team runs it."""
    if group_id is None:
        return None
    with service().database.read() as connection:
        return group_of_agency(connection, who.agency_id, group_id)


def _members(group_id: str, day: date) -> list[dict[str, Any]]:
    with service().database.read() as connection:
        return members_on(connection, group_id, day)


def _usual_role(who: Identity, person_id: str, draft: Draft, *, sector: bool) -> str:
    if sector:
        return "practitioner"
    with service().database.read() as connection:
        person = people_on(connection, who.agency_id, [person_id], _day(draft), {}).get(person_id)
    held = person.roles if person else frozenset()
    return next((role for role in codes.ROLES if role in held), "family_member")


def _day(draft: Draft) -> date:
    try:
        return date.fromisoformat(draft.values["occurred_on"])
    except ValueError:
        return local_date(service().clock.now())


def _detail(unit: dict[str, Any] | None) -> str | None:
    """What one version of the entry held, for its story."""
    if unit is None:
        return None
    present, named = queries.present_count(unit["participants"]), len(unit["participants"])
    return str(gettext("%(present)s of %(named)s people present", present=present, named=named))
