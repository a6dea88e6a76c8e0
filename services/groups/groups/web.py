"""The pages of groups: the list, one group with its members and meetings, planning, opening, ending."""

from typing import Any

from flask import Blueprint, render_template, request
from marshmallow import Schema

from services.groups.groups import handlers, queries
from services.groups.groups.domain import (
    FAMILY_ACTIVITIES,
    SECTOR_ACTIVITIES,
    AdmitMember,
    ChangeGroup,
    EndGroup,
    OpenGroup,
    ReleaseMember,
)
from services.groups.groups.schemas import DaySchema, GroupChangeSchema, GroupSchema, LeaveSchema, MemberSchema
from services.groups.meetings.queries import meetings
from services.groups.naming import contract_titles, find, names_by_id
from shared.auth.identity import identity, requires
from shared.auth.roles import RECORDERS
from shared.auth.teams import teams_seen
from shared.clock import local_date
from shared.errors import CaseledgerError
from shared.web.field_messages import load
from shared.web.requests import NOT_CONTENT, command_meta, expected_version, see_other, service

bp = Blueprint("groups", __name__, url_prefix="/groups")

Page = Any


@bp.get("")
@requires(*RECORDERS)
def list_groups() -> str:
    """The groups of one's teams."""
    who, phase = identity(), request.args.get("phase")
    phase = phase if phase in ("planned", "open", "ended") else None
    with service().database.read() as connection:
        found = queries.groups(
            connection, who.agency_id, teams_seen(who), phase=phase, after=request.args.get("after"), limit=50
        )
        counts = queries.meeting_counts(connection, [one["group_id"] for one in found])
    following = found[-1]["group_id"] if len(found) == 50 else None
    return render_template("groups/groups.html", groups=found, counts=counts, phase=phase, following=following)


@bp.route("/new", methods=["GET", "POST"])
@requires(*RECORDERS)
def new() -> Page:
    """Plan a group."""
    who, error, status = identity(), None, 200
    values: dict[str, Any] = {"from_date": local_date(service().clock.now()).isoformat()}
    if request.method == "POST":
        values = request.form.to_dict()
        try:
            asked = load(GroupSchema(), _filled(values, GroupSchema()))
            outcome = handlers.plan_group(service(), who, command_meta(), asked)
            return see_other(f"/groups/groups/{outcome.stream_id}", outcome)
        except CaseledgerError as raised:
            error, status = raised, raised.status
    page = render_template(
        "groups/group-form.html",
        values=values,
        error=error,
        group=None,
        activities=(*FAMILY_ACTIVITIES, *SECTOR_ACTIVITIES),
        contracts=contract_titles(who),
        teams=[
            (one.team_id, one.name)
            for one in service().accounts.list_teams(who.agency_id)
            if who.sees_team(one.team_id)
        ],
    )
    return page, status


@bp.route("/<group_id>/edit", methods=["GET", "POST"])
@requires(*RECORDERS)
def edit(group_id: str) -> Page:
    """Describe a group anew."""
    who, error, status = identity(), None, 200
    group = handlers.read_group(service(), who, group_id)
    values = {**group, "closed": "true" if group["closed"] else ""}
    if request.method == "POST":
        values = request.form.to_dict()
        try:
            asked = load(GroupChangeSchema(), _filled(values, GroupChangeSchema()))
            command = ChangeGroup(group_id=group_id, **asked)
            outcome = handlers.change_group(service(), who, command_meta(), command, expected_version())
            return see_other(f"/groups/groups/{group_id}", outcome)
        except CaseledgerError as raised:
            error, status = raised, raised.status
    kind = SECTOR_ACTIVITIES if group["activity"] in SECTOR_ACTIVITIES else FAMILY_ACTIVITIES
    page = render_template(
        "groups/group-form.html",
        values=values,
        error=error,
        group=group,
        activities=kind,
        contracts=contract_titles(who),
        teams=[],
    )
    return page, status


@bp.get("/<group_id>")
@requires(*RECORDERS)
def show(group_id: str) -> str:
    """One group with its members and meetings."""
    return _page(group_id)


@bp.post("/<group_id>/open")
@requires(*RECORDERS)
def open_group(group_id: str) -> Page:
    """Open a planned group."""
    return _change(group_id, lambda: _on_day(OpenGroup, group_id))


@bp.post("/<group_id>/end")
@requires(*RECORDERS)
def end(group_id: str) -> Page:
    """End a group."""
    return _change(group_id, lambda: _on_day(EndGroup, group_id))


@bp.post("/<group_id>/members/leave")
@requires(*RECORDERS)
def leave(group_id: str) -> Page:
    """End a membership."""
    return _change(group_id, lambda: ReleaseMember(group_id=group_id, **load(LeaveSchema(), _content())))


@bp.route("/<group_id>/members/new", methods=["GET", "POST"])
@requires(*RECORDERS)
def join(group_id: str) -> Page:
    """Find a person of the agency and take them into the group; what is typed never stands in an address."""
    who, error, status = identity(), None, 200
    group = handlers.read_group(service(), who, group_id)
    form, found = request.form, {}
    if request.method == "POST" and "find" in form:
        found = find(who, form.get("q", ""), sector=False)
    elif request.method == "POST":
        try:
            member = {name: form.get(name, "") for name in ("person_id", "role", "from_date")}
            command = AdmitMember(group_id=group_id, **load(MemberSchema(), member))
            outcome = handlers.change_group(service(), who, command_meta(), command, expected_version())
            return see_other(f"/groups/groups/{group_id}", outcome)
        except CaseledgerError as raised:
            error, status = raised, raised.status
    today = local_date(service().clock.now()).isoformat()
    values = {"role": form.get("role", "family_member"), "from_date": form.get("from_date", today)}
    page = render_template("groups/member-form.html", group=group, values=values, found=found, error=error)
    return page, status


def _page(group_id: str, error: CaseledgerError | None = None) -> str:
    who = identity()
    group = handlers.read_group(service(), who, group_id)
    with service().database.read() as connection:
        latest = meetings(connection, who.agency_id, teams_seen(who), group_id=group_id, limit=100)
    return render_template(
        "groups/group.html",
        group=group,
        meetings=latest,
        names=names_by_id(who, [one["person_id"] for one in group["members"]]),
        contract=dict(contract_titles(who)).get(group["contract_id"], group["contract_id"]),
        today=local_date(service().clock.now()).isoformat(),
        error=error,
    )


def _change(group_id: str, command: Any) -> Page:
    """Do what a small form on the page of a group asks for, or show that page with what was wrong."""
    try:
        outcome = handlers.change_group(service(), identity(), command_meta(), command(), expected_version())
    except CaseledgerError as error:
        return _page(group_id, error), error.status
    return see_other(f"/groups/groups/{group_id}", outcome)


def _on_day(kind: type[OpenGroup] | type[EndGroup], group_id: str) -> Any:
    return handlers.command_on_day(kind, service(), group_id, load(DaySchema(), _content()))


def _content() -> dict[str, str]:
    return {name: text for name, text in request.form.items() if name not in NOT_CONTENT}


def _filled(values: dict[str, Any], schema: Schema) -> dict[str, Any]:
    """What was filled in; an empty field of a form means that nothing was said, an empty box that it is not so."""
    filled = {name: text for name, text in values.items() if name in schema.fields and text != ""}
    return {**filled, "closed": values.get("closed") == "true"}
