"""The pages of contacts: finding one again, making one, identifying one as a registered person, and undoing that.

What is typed to find somebody is posted, since no name or alias may stand in an address.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, render_template, request
from flask_babel import gettext

from services.outreach import naming
from services.outreach.contacts import handlers
from services.outreach.contacts.schemas import ContactSchema, IdentifySchema, TargetGroupSchema, UnidentifySchema
from services.outreach.visits.queries import visits_of
from shared.auth.identity import identity, requires
from shared.auth.roles import NOTE_READERS, RECORDERS
from shared.clock import local_date
from shared.errors import CaseledgerError
from shared.serviceunit.effects import require_read
from shared.serviceunit.shown import warned
from shared.web.field_messages import load
from shared.web.names import find_people
from shared.web.requests import command_meta, expected_version, see_other, service

bp = Blueprint("contacts", __name__, url_prefix="/contacts")

Page = Any
PAGE = 50


@bp.context_processor
def _functions() -> dict[str, Any]:
    return {"label": naming.label, "options": naming.options, "contact_label": naming.contact_label}


@bp.route("", methods=["GET", "POST"])
@requires(*RECORDERS)
def list_contacts() -> str:
    """The contacts of one's teams, or those that fit what was typed."""
    form, who = request.form, identity()
    asked = {
        "q": form.get("q", "").strip(),
        "place_id": form.get("place_id") or None,
        "after": request.args.get("after"),
        "limit": PAGE,
    }
    found = handlers.find_contacts(service(), who, asked)
    following = found[-1]["contact_id"] if len(found) == PAGE and request.method == "GET" else None
    places = naming.place_options(who)
    return render_template("outreach/contacts.html", found=found, asked=asked, known_places=places, following=following)


@bp.route("/new", methods=["GET", "POST"])
@requires(*RECORDERS)
def new() -> Page:
    """Make a contact."""
    who, form, error, status = identity(), request.form, None, 200
    if request.method == "POST":
        try:
            given = {name: form[name] for name in ("alias", "marks", "role", "place_id", "team_id") if form.get(name)}
            asked = load(ContactSchema(), {**given, "target_groups": form.getlist("target_groups")})
            outcome = handlers.register_contact(service(), who, command_meta(), asked)
            for notice in warned(handlers.notices_of(service(), who, outcome)):
                flash(notice["message"])
            return see_other(f"/outreach/contacts/{outcome.stream_id}", outcome)
        except CaseledgerError as raised:
            error, status = raised, raised.status
    page = render_template(
        "outreach/contact-form.html",
        values=form,
        error=error,
        known_places=naming.place_options(who),
        teams=naming.team_options(who),
    )
    return page, status


@bp.get("/<contact_id>")
@requires(*RECORDERS)
def show(contact_id: str) -> str:
    """One contact: what tells them apart, who they are, and the visits."""
    return _page(contact_id)


@bp.post("/<contact_id>/find")
@requires(*NOTE_READERS)
def find(contact_id: str) -> str:
    """Look for the registered person a contact may be."""
    text = request.form.get("q", "")
    return _page(contact_id, found=find_people(text))


@bp.post("/<contact_id>/identify")
@requires(*NOTE_READERS)
def identify(contact_id: str) -> Page:
    """Say which registered person a contact is."""
    return _change(
        contact_id,
        IdentifySchema,
        "person_id",
        check=lambda asked: require_read(joined=[(contact_id, asked["person_id"])]),
    )


@bp.post("/<contact_id>/unidentify")
@requires(*NOTE_READERS)
def unidentify(contact_id: str) -> Page:
    """Undo an identification."""
    known = handlers.read_contact(service(), identity(), contact_id)["identified_as"]
    return _change(
        contact_id, UnidentifySchema, "reason", check=lambda _: require_read(parted=[(contact_id, str(known))])
    )


@bp.post("/<contact_id>/target-groups")
@requires(*RECORDERS)
def give_target_group(contact_id: str) -> Page:
    """Put a contact into a target group from a day on."""
    return _change(contact_id, TargetGroupSchema, "target_group", "from_date")


def _change(contact_id: str, schema: Any, *names: str, check: Callable[[Any], None] = lambda _: None) -> Page:
    try:
        asked = load(schema(), {name: request.form.get(name, "") for name in names})
        check(asked)
        version = expected_version()
        outcome = handlers.change_contact(service(), identity(), command_meta(), contact_id, asked, version)
    except CaseledgerError as error:
        return _page(contact_id, error=error), error.status
    return see_other(f"/outreach/contacts/{contact_id}", outcome)


def _page(contact_id: str, *, found: dict[str, str] | None = None, error: CaseledgerError | None = None) -> str:
    who = identity()
    contact = handlers.read_contact(service(), who, contact_id)
    person_id = contact["identified_as"]
    if found is not None and not found:
        flash(gettext("Nobody was found. Try another part of the name, or register the person first."))
    with service().database.read() as connection:
        visits = visits_of(connection, who.agency_id, contact_id)
    return render_template(
        "outreach/contact.html",
        contact=contact,
        person=naming.names_by_id(who, [person_id])[person_id] if person_id else None,
        place=dict(naming.place_options(who)).get(contact["place_id"] or ""),
        visits=visits,
        found=found or {},
        may_identify=who.role in NOTE_READERS,
        today=local_date(service().clock.now()).isoformat(),
        error=error,
    )
