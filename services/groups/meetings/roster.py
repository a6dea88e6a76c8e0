"""The page of a roster: saved with one request, drawn again with what was typed, and two versions side by side.

Two people may save the same meeting. The second one is shown what differs, chooses for each person and value, and saves
again, as a correction of what stands now.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

from flask import flash, render_template, request
from flask_babel import gettext

from services.groups.groups.domain import FAMILY_ACTIVITIES, SECTOR_ACTIVITIES
from services.groups.groups.queries import members_on
from services.groups.meetings import forms
from services.groups.meetings.forms import Draft, Row
from services.groups.meetings.handlers import Written, meetings
from services.groups.meetings.walkins import redrawn
from services.groups.meetings.wording import WORDS
from services.groups.naming import contract_titles, names_by_id
from shared.auth.identity import Identity, identity
from shared.auth.roles import NOTE_READERS, RECORDERS
from shared.clock import local_date
from shared.errors import CaseledgerError
from shared.eventstore import CommandMeta, Recorded
from shared.serviceunit import conflicts
from shared.serviceunit.compared import beside_what_stands, compared, is_overtaken
from shared.serviceunit.lifecycle import INITIAL, UnitState
from shared.serviceunit.shown import warned
from shared.web.requests import command_meta, see_other, service

Page = Any
Save = Callable[[Draft, CommandMeta], Written]


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a form is about: a new meeting, or the one of `state`, which its `story` led to.

    `last` is the latest meeting of the group, which a new one may be like.
    """

    kind: str
    group: dict[str, Any] | None = None
    state: UnitState = INITIAL
    story: tuple[Recorded, ...] = ()
    planned: bool = False
    correcting: bool = False
    last: dict[str, Any] | None = None

    @property
    def address(self) -> str:
        """Where the entry itself is shown, or what it is going to belong to."""
        if self.state.unit is not None:
            return f"/groups/meetings/{self.state.unit.unit_id}"
        return f"/groups/groups/{self.group['group_id']}" if self.group is not None else "/groups/meetings"


def members(group: dict[str, Any] | None, day: date) -> list[Row]:
    """A line for everybody who belongs to the group on a day."""
    if group is None:
        return []
    with service().database.read() as connection:
        found = members_on(connection, group["group_id"], day)
    return [Row(person_id=one["person_id"], role=one["role"]) for one in found]


def draft_of(state: UnitState, group: dict[str, Any] | None, who: Identity) -> Draft:
    """The form of an entry as it is; a planned one without people starts with the members of its day."""
    draft, unit = forms.of_state(state), state.unit
    if who.role not in NOTE_READERS:
        draft.values["note"] = None
    if unit is not None and state.phase == "planned" and not draft.rows:
        draft.rows = members(group, unit.occurred_on)
    return draft


def form(draft: Draft, save: Save, about: About) -> Page:
    """Save the form, or draw it again with what its other buttons asked for."""
    who, error, stands = identity(), None, about.state.unit is not None
    comparing = stands and "conflict" in request.form
    try:
        if request.method == "POST" and not _redrawn(draft, who, about):
            draft = _decided(draft, who, about) if comparing else draft
            return saved(save(draft, command_meta()))
    except CaseledgerError as raised:
        error = raised
    stale = is_overtaken(error) and about.state.unit is not None
    if about.state.unit is not None and stale:
        form_of = partial(draft_of, group=about.group, who=who)
        draft, now, story = beside_what_stands(meetings, draft, about.state.unit.unit_id, about.story, form_of)
        about, comparing = replace(about, state=now, story=tuple(story), correcting=now.phase == "recorded"), True
    if comparing and error is not None and (error.code == "nothing_changed" or (stale and not draft.choices)):
        flash(gettext("What your colleague has saved stays as it is."))
        return see_other(about.address)
    page = render_template("groups/meeting-form.html", stale=stale, **_shown(draft, who, about, error, comparing))
    return page, error.status if error else 200


def _redrawn(draft: Draft, who: Identity, about: About) -> bool:
    day = _day(draft)
    if "refresh" in request.form:
        for row in members(about.group, day):
            draft.add(row)
    return redrawn(draft, who, about.group, day, sector=about.kind == "sector_event")


def _decided(draft: Draft, who: Identity, about: About) -> Draft:
    return conflicts.chosen(draft, draft_of(about.state, about.group, who), draft.choices)


def saved(written: Written) -> Page:
    """Show the entry that was saved, and what is worth a second look."""
    for notice in warned(written.notices):
        flash(notice["message"])
    return see_other(f"/groups/meetings/{written.outcome.stream_id}", written.outcome)


def _shown(draft: Draft, who: Identity, about: About, error: CaseledgerError | None, comparing: bool) -> dict[str, Any]:
    """All that the form shows."""
    theirs = draft_of(about.state, about.group, who) if comparing else None
    ids = {row.person_id for row in (*draft.rows, *(theirs.rows if theirs else ()))}
    accounts = service().accounts.list_accounts(who.agency_id)
    names = names_by_id(who, ids)
    contracts = [(forms.REGULAR, gettext("Regular service")), *contract_titles(who)]
    workers = {one.account_id: one.display_name for one in accounts}
    return {
        "draft": draft,
        "about": about,
        "error": error,
        "version": len(about.story) or None,
        "names": names,
        "contracts": contracts,
        "workers": [
            (one.account_id, one.display_name)
            for one in accounts
            if one.account_id in draft.values["served_by"]
            or (one.role in RECORDERS and not one.disabled and _works_with(who, one.team_ids))
        ],
        "teams": [(one.team_id, one.name) for one in service().accounts.list_teams(who.agency_id)],
        "sector_activities": SECTOR_ACTIVITIES,
        "family_activities": FAMILY_ACTIVITIES,
        "shows_note": who.role in NOTE_READERS or not about.story,
        "differences": compared(draft, theirs, WORDS, {**names, **workers, **dict(contracts)}) if theirs else [],
        "their_name": workers.get(about.story[-1].actor) if theirs else None,
        "their_time": about.story[-1].recorded_at if theirs else None,
    }


def _works_with(who: Identity, team_ids: tuple[str, ...]) -> bool:
    return who.role == "agency_admin" or not team_ids or bool(who.team_ids.intersection(team_ids))


def _day(draft: Draft) -> date:
    try:
        return date.fromisoformat(draft.values.get("occurred_on", ""))
    except ValueError:
        return local_date(service().clock.now())
