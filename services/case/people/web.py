"""The pages of people: search, register, one person, correct, merge, erase."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, render_template, request
from flask_babel import gettext
from marshmallow import Schema

from services.case import pages
from services.case.people import handlers, queries
from services.case.people.domain import EndCode, GiveCode
from services.case.people.handlers import Written
from services.case.people.schemas import (
    ConsentSchema,
    DetailsSchema,
    EraseSchema,
    MergeSchema,
    PersonSchema,
    RoleEndSchema,
    RoleSchema,
    TargetGroupEndSchema,
    TargetGroupSchema,
    UnmergeSchema,
)
from services.case.timeline.queries import of_person
from shared.auth.identity import identity, requires
from shared.auth.roles import LEADERS, RECORDERS
from shared.auth.teams import reads_notes, teams_seen
from shared.clock import local_date
from shared.errors import CaseledgerError
from shared.serviceunit.effects import require_read
from shared.web.field_messages import load
from shared.web.requests import command_meta, expected_version, see_other, service

bp = Blueprint("people", __name__, url_prefix="/people")

Page = Any
DETAILS = ("client_number", "name_zh", "name_en", "alias", "phone", "gender", "birth_year", "district", "note")
PAGE_LENGTH = 50


@bp.get("")
@requires(*RECORDERS)
def everybody() -> str:
    """The people of one's teams."""
    after = request.args.get("after")
    found = handlers.find(service(), identity(), "", teams_seen(identity()), PAGE_LENGTH, after)
    return _people(found, "", found[-1]["person_id"] if len(found) == PAGE_LENGTH else None)


@bp.post("")
@requires(*RECORDERS)
def find() -> str:
    """Search the registry of the agency; by POST, since no name stands in an address."""
    asked = request.form.get("q", "")
    return _people(handlers.find(service(), identity(), asked, teams_seen(identity()), PAGE_LENGTH, None), asked, None)


def _people(found: list[dict[str, Any]], asked: str, following: str | None) -> str:
    teams = pages.teams(identity())
    return render_template("case/people.html", people=found, q=asked, following=following, teams=teams)


@bp.route("/new", methods=["GET", "POST"])
@requires(*RECORDERS)
def new() -> Page:
    """Register a person; who may be the same one is shown before it is saved."""
    who, error, found = identity(), None, []
    values: dict[str, Any] = dict(request.form)
    if request.method == "POST":
        try:
            asked = load(PersonSchema(), _registration())
            with service().database.read() as connection:
                found = handlers.duplicates_of(connection, who, asked)
            handlers.note_looks(service(), who, [one["person_id"] for one in found], "duplicates")
            if not found or "confirmed" in request.form:
                written = handlers.register(service(), who, command_meta(), asked)
                return see_other(f"/case/people/{written.person.person_id}", written.outcome)
        except CaseledgerError as raised:
            error = raised
    return _details_form(values, error=error, duplicates=found)


@bp.get("/<person_id>")
@requires(*RECORDERS)
def show(person_id: str) -> Page:
    """One person: details, roles, cases, assessments."""
    return _person(person_id)


@bp.route("/<person_id>/edit", methods=["GET", "POST"])
@requires(*RECORDERS)
def edit(person_id: str) -> Page:
    """Correct the details of a person."""
    who, error = identity(), None
    person, version = handlers.look_at(service(), who, person_id, "person page")
    values: dict[str, Any] = queries.person_view(person, with_note=reads_notes(who))
    if request.method == "POST":
        try:
            asked = load(DetailsSchema(), _details(clear=True, with_note=reads_notes(who)))
            meta, expected = command_meta(), expected_version()
            written = handlers.change_details(service(), who, meta, person_id, asked, expected)
            return see_other(f"/case/people/{person_id}", written.outcome)
        except CaseledgerError as raised:
            values, error = {**values, **request.form}, raised
    return _details_form(values, error=error, version=version)


@bp.post("/<person_id>/roles")
@requires(*RECORDERS)
def give_role(person_id: str) -> Page:
    """Give a role."""
    return _date_code(
        person_id, RoleSchema(), lambda asked: GiveCode(kind="role", code=asked["role"], from_date=asked["from_date"])
    )


@bp.post("/<person_id>/roles/end")
@requires(*RECORDERS)
def end_role(person_id: str) -> Page:
    """End a role."""
    return _date_code(
        person_id, RoleEndSchema(), lambda asked: EndCode(kind="role", code=asked["role"], to_date=asked["to_date"])
    )


@bp.post("/<person_id>/target-groups")
@requires(*RECORDERS)
def give_target_group(person_id: str) -> Page:
    """Count a person to a target group."""
    schema = TargetGroupSchema()
    return _date_code(
        person_id,
        schema,
        lambda asked: GiveCode(kind="target_group", code=asked["target_group"], from_date=asked["from_date"]),
    )


@bp.post("/<person_id>/target-groups/end")
@requires(*RECORDERS)
def end_target_group(person_id: str) -> Page:
    """End a target group."""
    schema = TargetGroupEndSchema()
    return _date_code(
        person_id,
        schema,
        lambda asked: EndCode(kind="target_group", code=asked["target_group"], to_date=asked["to_date"]),
    )


@bp.post("/<person_id>/consents")
@requires(*RECORDERS)
def give_consent(person_id: str) -> Page:
    """Write down a consent."""
    return _date_code(
        person_id,
        ConsentSchema(),
        lambda asked: GiveCode(kind="consent", code=asked["consent"], from_date=asked["on"]),
    )


@bp.post("/<person_id>/consents/end")
@requires(*RECORDERS)
def withdraw_consent(person_id: str) -> Page:
    """Write down that a consent was withdrawn."""
    return _date_code(
        person_id,
        ConsentSchema(),
        lambda asked: EndCode(kind="consent", code=asked["consent"], to_date=asked["on"]),
    )


@bp.route("/<person_id>/merge", methods=["GET", "POST"])
@requires(*LEADERS)
def merge(person_id: str) -> Page:
    """Say that a person is the same as another, found by a search."""
    who, error = identity(), None
    if request.method == "POST" and "into" in request.form:
        try:
            asked = load(MergeSchema(), _merge_asked())
            meta, expected = command_meta(), expected_version()
            require_read(joined=[(person_id, asked["into"])])
            written = handlers.merge(service(), who, meta, person_id, asked, expected)
            flash(gettext("The two records are one person now. This can be undone."))
            return see_other(f"/case/people/{asked['into']}", written.outcome)
        except CaseledgerError as raised:
            error = raised
    person, version = handlers.look_at(service(), who, person_id, "merge")
    view, text = queries.person_view(person, with_note=False), request.form.get("q", "")
    found = handlers.find(service(), who, text, None, PAGE_LENGTH, None) if text.strip() else []
    candidates = [
        one | {"version": _version(one["person_id"])}
        for one in found
        if one["person_id"] != person_id and one["merged_into"] is None and who.sees_team(one["team_id"])
    ]
    page = render_template(
        "case/person-merge.html", person=view, version=version, candidates=candidates, q=text, error=error
    )
    return page, error.status if error else 200


@bp.post("/<person_id>/unmerge")
@requires(*LEADERS)
def unmerge(person_id: str) -> Page:
    """Take a merge back."""

    def save() -> Written:
        asked = load(UnmergeSchema(), pages.filled(request.form, "reason"))
        person, _ = handlers.look_at(service(), identity(), person_id, "unmerge")
        require_read(parted=[(person_id, str(person.merged_into))])
        return handlers.unmerge(service(), identity(), command_meta(), person_id, asked, expected_version())

    return _save(person_id, save)


@bp.route("/<person_id>/erase", methods=["GET", "POST"])
@requires(*LEADERS)
def erase(person_id: str) -> Page:
    """Erase a person; what it does is shown before, how far it has come afterwards."""
    who, error = identity(), None
    if request.method == "POST":
        try:
            asked = load(EraseSchema(), pages.filled(request.form, "reason"))
            meta, expected = command_meta(), expected_version()
            written = handlers.erase(service(), who, meta, person_id, asked, expected)
            return see_other(f"/case/people/{person_id}", written.outcome)
        except CaseledgerError as raised:
            error = raised
    person, version = handlers.look_at(service(), who, person_id, "erase")
    view = queries.person_view(person, with_note=False)
    return render_template("case/person-erase.html", person=view, version=version, error=error), (
        error.status if error else 200
    )


@bp.get("/<person_id>/looks")
@requires(*LEADERS)
def looks(person_id: str) -> str:
    """Who has looked at this person."""
    who, before = identity(), request.args.get("after", type=int)
    found = handlers.looks_at(service(), who, person_id, PAGE_LENGTH, before)
    following = found[-1]["look_id"] if len(found) == PAGE_LENGTH else None
    return render_template(
        "case/person-looks.html",
        person_id=person_id,
        looks=found,
        following=following,
        names=pages.names_of(who, [person_id], "looks"),
        colleagues=pages.colleagues(who),
    )


def _person(person_id: str, error: CaseledgerError | None = None) -> Page:
    who = identity()
    person, version = handlers.look_at(service(), who, person_id, "person page")
    with service().database.read() as connection:
        erasure = queries.erasure_of(connection, who.agency_id, person_id)
        known = of_person(connection, who.agency_id, person_id, teams_seen(who), with_assessments=reads_notes(who))
    others = [*person.absorbed, *([person.merged_into] if person.merged_into else [])]
    page = render_template(
        "case/person.html",
        person=queries.person_view(person, with_note=reads_notes(who)),
        version=version,
        error=error,
        erasure=erasure,
        names=pages.names_of(who, others, "person page"),
        teams=pages.teams(who),
        leads=who.role in LEADERS,
        reads_notes=reads_notes(who),
        today=local_date(service().clock.now()).isoformat(),
        **known,
    )
    return page, error.status if error else 200


def _details_form(values: dict[str, Any], **more: Any) -> Page:
    error, who = more.get("error"), identity()
    page = render_template(
        "case/person-form.html",
        values=values,
        own_teams=pages.own_teams(who),
        reads_notes=reads_notes(who),
        today=local_date(service().clock.now()).isoformat(),
        **{"version": None, "duplicates": (), **more},
    )
    return page, error.status if error else 200


def _details(*, clear: bool, with_note: bool = True) -> dict[str, Any]:
    """The details in the form; `clear` also takes away what was emptied."""
    given: dict[str, Any] = pages.filled(request.form, *DETAILS)
    year = given.get("birth_year", "")
    if year.isdigit():
        given["birth_year"] = int(year)
    if clear:
        shown = [name for name in DETAILS if name != "client_number" and (with_note or name != "note")]
        given = dict.fromkeys(shown) | given
    return given


def _registration() -> dict[str, Any]:
    given = _details(clear=False) | pages.filled(request.form, "team_id")
    from_date = request.form.get("from_date", "").strip()
    for name, field in (("roles", "role"), ("target_groups", "target_group")):
        chosen = [one for one in request.form.getlist(field) if one]
        if chosen:
            given[name] = [{field: one, "from_date": from_date} for one in chosen]
    return given


def _merge_asked() -> dict[str, Any]:
    """The button of a candidate says whom, and in which version it was seen."""
    into, _, version = request.form.get("into", "").partition(" ")
    given: dict[str, Any] = {"into": into, **pages.filled(request.form, "reason")}
    return given | ({"into_version": int(version)} if version.isdigit() else {})


def _version(person_id: str) -> int:
    with service().database.read() as connection:
        return service().store.version(connection, person_id, identity().agency_id)


def _date_code(person_id: str, schema: Schema, command: Callable[[dict[str, Any]], GiveCode | EndCode]) -> Page:
    def save() -> Written:
        asked = load(schema, pages.filled(request.form, *schema.fields))
        meta, expected = command_meta(), expected_version()
        return handlers.date_code(service(), identity(), meta, person_id, command(asked), expected)

    return _save(person_id, save)


def _save(person_id: str, save: Callable[[], Written]) -> Page:
    try:
        return see_other(f"/case/people/{person_id}", save().outcome)
    except CaseledgerError as raised:
        return _person(person_id, raised)
