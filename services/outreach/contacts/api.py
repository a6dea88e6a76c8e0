"""The JSON API of contacts."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint

from services.outreach.answers import page_of, versioned
from services.outreach.contacts import handlers
from services.outreach.contacts.domain import INITIAL, evolve
from services.outreach.contacts.queries import represented
from services.outreach.contacts.schemas import (
    ContactSchema,
    ContactSearchSchema,
    IdentifySchema,
    TargetGroupEndSchema,
    TargetGroupSchema,
    UnidentifySchema,
)
from shared.auth.identity import identity, requires
from shared.auth.roles import NOTE_READERS, RECORDERS
from shared.serviceunit.shown import warned
from shared.web.requests import answer, command_meta, expected_version, is_dry_run, service

bp = Blueprint("contacts_api", __name__, url_prefix="/contacts", description="People met who have no name here")


@bp.post("")
@requires(*RECORDERS)
@bp.arguments(ContactSchema())
def register(asked: dict[str, Any]) -> Response:
    """Make a contact; the answer warns of those with the same alias."""
    outcome = handlers.register_contact(service(), identity(), command_meta(), asked, dry_run=is_dry_run())
    state = evolve(INITIAL, outcome.events[0].event)
    warnings = warned(handlers.notices_of(service(), identity(), outcome))
    return answer(outcome, {**represented(state, outcome.version), "warnings": warnings})


@bp.get("")
@requires(*RECORDERS)
@bp.arguments(ContactSearchSchema(), location="query")
def search(asked: dict[str, Any]) -> Response:
    """Look for a contact by alias or marks, and by place, before making a new one."""
    return _found(asked)


@bp.post("/search")
@requires(*RECORDERS)
@bp.arguments(ContactSearchSchema())
def search_in_body(asked: dict[str, Any]) -> Response:
    """The same search with the words in the body, so that no alias stands in an address"""
    return _found(asked)


@bp.get("/<contact_id>")
@requires(*RECORDERS)
def read(contact_id: str) -> Response:
    """One contact as it is now."""
    found = handlers.read_contact(service(), identity(), contact_id)
    return versioned(found, found["version"])


@bp.post("/<contact_id>/identify")
@requires(*NOTE_READERS)
@bp.arguments(IdentifySchema())
def identify(asked: dict[str, Any], contact_id: str) -> Response:
    """Say which registered person a contact is."""
    return _change(asked, contact_id)


@bp.post("/<contact_id>/unidentify")
@requires(*NOTE_READERS)
@bp.arguments(UnidentifySchema())
def unidentify(asked: dict[str, Any], contact_id: str) -> Response:
    """Undo an identification."""
    return _change(asked, contact_id)


@bp.post("/<contact_id>/target-groups")
@requires(*RECORDERS)
@bp.arguments(TargetGroupSchema())
def give_target_group(asked: dict[str, Any], contact_id: str) -> Response:
    """Put a contact into a target group from a day on."""
    return _change(asked, contact_id)


@bp.post("/<contact_id>/target-groups/end")
@requires(*RECORDERS)
@bp.arguments(TargetGroupEndSchema())
def end_target_group(asked: dict[str, Any], contact_id: str) -> Response:
    """Say until which day a contact was in a target group."""
    return _change(asked, contact_id)


def _change(asked: dict[str, Any], contact_id: str) -> Response:
    version, dry_run = expected_version(), is_dry_run()
    outcome = handlers.change_contact(
        service(), identity(), command_meta(), contact_id, asked, version, dry_run=dry_run
    )
    found = handlers.read_contact(service(), identity(), contact_id)
    return answer(outcome, {**found, "version": outcome.version, "warnings": []}, 200)


def _found(asked: dict[str, Any]) -> Response:
    found = handlers.find_contacts(service(), identity(), asked)
    return page_of(found, found[-1]["contact_id"] if len(found) == asked["limit"] else None)
