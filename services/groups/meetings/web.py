"""The pages of meetings: the roster, one meeting with its story, correcting and voiding."""

from datetime import date, datetime
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import get_locale, gettext

from services.groups.groups.domain import SECTOR_ACTIVITIES
from services.groups.groups.handlers import read_group
from services.groups.groups.queries import group as group_of_agency
from services.groups.groups.queries import groups
from services.groups.meetings import forms, queries
from services.groups.meetings.forms import Draft, Row
from services.groups.meetings.handlers import Written, meetings, movable
from services.groups.meetings.roster import About, Page, draft_of, form, members, saved
from services.groups.meetings.schemas import MeetingCorrectionSchema, MeetingSchema
from services.groups.naming import contract_titles, names_by_id
from shared.auth.identity import Identity, identity, requires
from shared.auth.roles import NOTE_READERS, RECORDERS
from shared.auth.teams import teams_seen
from shared.clock import local_date
from shared.eventstore import CommandMeta, Recorded
from shared.serviceunit import codes
from shared.serviceunit.effects import reviewed
from shared.serviceunit.lifecycle import UnitState
from shared.serviceunit.moving.web import add_moving_page
from shared.serviceunit.pages import answered_referrals, may_undo, void_page
from shared.serviceunit.reading.web import add_reading_pages, reading_shown
from shared.serviceunit.shown import line, told
from shared.web.names import entries_of
from shared.web.requests import command_meta, expected_version, service

bp = Blueprint("meetings", __name__, url_prefix="/meetings")
add_reading_pages(bp, meetings, queries.ADDRESS)
add_moving_page(bp, movable)


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
    """Record a meeting of a group, or an event for the sector; `?plan=1` plans it, `?like=` begins with another one."""
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
        handler = meetings.plan if planned else reviewed(meetings).record
        return handler(service(), who, meta, asked)

    last = _last_of(who, group)
    draft = forms.of_form(request.form) if request.method == "POST" else _new_draft(who, group, last)
    return form(draft, save, About(kind=kind, group=group, planned=planned, last=last))


@bp.get("/sign-in-sheet")
@requires(*RECORDERS)
def blank_sheet() -> str:
    """A list to sign for the next meeting of a group: its members of a day, today's unless `?on=` names another."""
    group = read_group(service(), identity(), request.args.get("group_id", ""))
    day = _day(request.args.get("on", ""))
    return _sheet(group["title"], day, members(group, day), f"/groups/groups/{group['group_id']}")


@bp.get("/<meeting_id>/sign-in-sheet")
@requires(*RECORDERS)
def sheet(meeting_id: str) -> str:
    """The list to sign for one meeting."""
    who = identity()
    state, _ = meetings.read(service(), who, meeting_id)
    assert state.unit is not None
    group = _group_of(who, state.unit.group_id)
    title = group["title"] if group else codes.label("activity", state.unit.activity, str(get_locale()))
    rows = draft_of(state, group, who).rows
    return _sheet(title, state.unit.occurred_on, rows, f"/groups/meetings/{meeting_id}", state.unit.starts_at)


@bp.get("/<meeting_id>")
@requires(*RECORDERS)
def show(meeting_id: str) -> str:
    """One meeting with its attendance and its story."""
    who = identity()
    state, story = meetings.read(service(), who, meeting_id)
    unit = state.unit
    assert unit is not None
    accounts = {one.account_id: one.display_name for one in service().accounts.list_accounts(who.agency_id)}
    titles = dict(contract_titles(who))
    reading = reading_shown(who, state, len(story), accounts)
    return render_template(
        "groups/meeting.html",
        contracts=[titles.get(one.contract_id, one.contract_id) for one in unit.segments],
        unit=unit,
        state=state,
        group=_group_of(who, unit.group_id),
        names=names_by_id(who, [one.person_id for one in unit.participants]),
        workers=[{**accounts, **dict(state.helpers)}.get(one, one) for one in unit.served_by],
        shows_note=who.role in NOTE_READERS,
        roles_beside=codes.ROLES_THAT_LOOK_ON,
        version=len(story),
        may_undo=may_undo(who, state, story),
        story=reading.with_story(
            line(item := told(recorded, who, accounts), _detail(item["unit"])) for recorded in story
        ),
        reading=reading,
    )


@bp.route("/<meeting_id>/record", methods=["GET", "POST"])
@requires(*RECORDERS)
def record(meeting_id: str) -> Page:
    """Say how a planned meeting went."""
    who = identity()
    state, story = meetings.read(service(), who, meeting_id)

    def save(draft: Draft, meta: CommandMeta) -> Written:
        asked = forms.asked_of(draft, MeetingSchema(), before=state)
        return reviewed(meetings).record_planned(service(), who, meta, meeting_id, asked, expected_version())

    return form(_draft_of(state, who), save, _about(who, state, story))


@bp.route("/<meeting_id>/correct", methods=["GET", "POST"])
@requires(*RECORDERS)
def correct(meeting_id: str) -> Page:
    """Correct a recorded meeting."""
    who = identity()
    state, story = meetings.read(service(), who, meeting_id)

    def save(draft: Draft, meta: CommandMeta) -> Written:
        asked = forms.asked_of(draft, MeetingCorrectionSchema(), before=state)
        return reviewed(meetings).correct(service(), who, meta, meeting_id, asked, expected_version())

    return form(_draft_of(state, who), save, _about(who, state, story, correcting=True))


@bp.post("/<meeting_id>/referral")
@requires(*RECORDERS)
def referral(meeting_id: str) -> Page:
    """Say whether somebody took up their referral; a correction for the reason that there is something new."""
    who = identity()
    state, _ = meetings.read(service(), who, meeting_id)
    draft = forms.of_state(state)
    draft.values |= {"reason": "new_information", "referrals": answered_referrals(state)}
    asked = forms.asked_of(draft, MeetingCorrectionSchema(), before=state)
    return saved(meetings.correct(service(), who, command_meta(), meeting_id, asked, expected_version()))


@bp.route("/<meeting_id>/void", methods=["GET", "POST"])
@requires(*RECORDERS)
def void(meeting_id: str) -> Page:
    """Void a meeting, with the reason."""
    return void_page(meetings, meeting_id, f"/groups/meetings/{meeting_id}")


def _choose_group(who: Identity) -> str:
    with service().database.read() as connection:
        found = groups(connection, who.agency_id, teams_seen(who), phase="open", limit=200)
    return render_template("groups/choose-group.html", groups=found, plan=request.args.get("plan"))


def _about(who: Identity, state: UnitState, story: list[Recorded], *, correcting: bool = False) -> About:
    assert state.unit is not None
    group = _group_of(who, state.unit.group_id)
    return About(kind=state.unit.kind, group=group, state=state, story=tuple(story), correcting=correcting)


def _last_of(who: Identity, group: dict[str, Any] | None) -> dict[str, Any] | None:
    """The latest meeting of the group that took place."""
    if group is None:
        return None
    with service().database.read() as connection:
        latest = queries.meetings(connection, who.agency_id, None, group_id=group["group_id"], limit=10)
    return next((one for one in latest if one["phase"] == "recorded" and one["status"] == "held"), None)


def _new_draft(who: Identity, group: dict[str, Any] | None, last: dict[str, Any] | None) -> Draft:
    """A new form with everybody who belongs to the group today, or like another meeting; one taken back, as it was."""
    today = local_date(service().clock.now())
    draft = forms.blank(today, who.account_id, members(group, today), group["contract_id"] if group else None)
    if "like" in request.args:
        state, _ = meetings.read(service(), who, request.args["like"])
        other = draft_of(state, group, who)
        return other if state.phase == "voided" else forms.like(draft, other)
    if last is not None:
        draft.values |= {name: last[name] for name in ("minutes", "mode", "setting")}
    return draft


def _draft_of(state: UnitState, who: Identity) -> Draft:
    """The form as sent, else the entry as it is."""
    if request.method == "POST":
        return forms.of_form(request.form)
    return draft_of(state, _group_of(who, state.unit.group_id if state.unit else None), who)


def _sheet(title: str, day: date, rows: list[Row], back: str, starts_at: datetime | None = None) -> str:
    """A page to print: who is expected, a line to sign for each, and empty lines for who just comes."""
    codes_only = "codes" in request.args
    with_names = names_by_id(identity(), [row.person_id for row in rows])
    numbers = {one: entry.client_number for one, entry in entries_of(with_names).items()}
    return render_template(
        "groups/sign-in-sheet.html",
        title=title,
        day=day,
        starts_at=starts_at,
        rows=[(numbers.get(row.person_id, ""), "" if codes_only else with_names[row.person_id]) for row in rows],
        codes_only=codes_only,
        back=back,
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return local_date(service().clock.now())


def _group_of(who: Identity, group_id: str | None) -> dict[str, Any] | None:
    """The group of a meeting; its title is public, also where another team runs it."""
    if group_id is None:
        return None
    with service().database.read() as connection:
        return group_of_agency(connection, who.agency_id, group_id)


def _detail(unit: dict[str, Any] | None) -> str | None:
    """What one version of the entry held, for its story."""
    if unit is None:
        return None
    present, named = queries.present_count(unit["participants"]), len(unit["participants"])
    return str(gettext("%(present)s of %(named)s people present", present=present, named=named))
