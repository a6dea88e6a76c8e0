"""Visits from a spreadsheet: one row a visit; who was met by client number or by the code of a contact."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.outreach.places.queries import places
from services.outreach.visits.handlers import visits
from services.outreach.visits.schemas import VisitCorrectionSchema, VisitSchema
from shared.auth.identity import Identity
from shared.errors import FieldError, Invalid
from shared.eventstore import CommandMeta
from shared.importing.cells import short
from shared.importing.kinds import REFERENCE, Column, Desk, Kind, Values, coded
from shared.service import Service
from shared.serviceunit import codes
from shared.serviceunit import importing as common
from shared.serviceunit.notices import Notice
from shared.web.field_messages import load

# Made once: making one takes longer than reading a row with it.
_CORRECTION = VisitCorrectionSchema()
_NEW = VisitSchema()
CONTACT = "contact-"
OUTCOMES = {code: pair for code, pair in codes.UNIT_STATUSES.items() if code != "planned"}


def known_here(service: Service, who: Identity, rows: Sequence[Values]) -> Mapping[str, Any]:
    """Whom and what the rows name: registered people are asked of the case service, places are our own."""
    numbers = [one for one in common.named_in(rows, "people") if not one.startswith(CONTACT)]
    with service.database.read() as connection:
        found = places(connection, service.vault, who.agency_id)
    return {
        "people": common.numbered_elsewhere(numbers),
        "workers": common.usernames(service, who),
        "places": {name: one["place_id"] for one in found for name in (one["name"], one["place_id"]) if name},
    }


def _key(values: Values) -> Sequence[object]:
    start = values["starts_at"].isoformat() if values["starts_at"] else ""
    return ["visit", values["occurred_on"].isoformat(), start, values["place"], sorted(values["people"])]


def _save(desk: Desk, meta: CommandMeta, visit_id: str, version: int, rows: Sequence[Values]) -> Sequence[Notice]:
    (values,) = rows
    asked = common.occasion(values, desk.known) | {
        "team_id": desk.team_id,
        "participants": [_participant(values, number, desk) for number in values["people"]],
    }
    if values["place"]:
        asked["place_id"] = _place_of(values["place"], desk.known["places"])
    if version:
        body = load(_CORRECTION, {**asked, "reason": common.REASON}) | {"origin": "imported"}
        return visits.correct(desk.service, desk.who, meta, visit_id, body, version, dry_run=desk.dry_run).notices
    body = load(_NEW, {**asked, "id": visit_id}) | {"origin": "imported"}
    return visits.record(desk.service, desk.who, meta, body, dry_run=desk.dry_run).notices


def _participant(values: Values, number: str, desk: Desk) -> dict[str, Any]:
    person_id = number if number.startswith(CONTACT) else common.person_of(number, desk.known["people"], "people")
    return {"person_id": person_id, "role": values["role"]}


def _place_of(name: str, known: Mapping[str, str]) -> str:
    if name not in known:
        error = FieldError(
            "place",
            "place_not_found",
            "There is no place called “%(value)s”. Make it first, or correct the name.",
            {"value": name[:40]},
        )
        raise Invalid.of([error])
    return known[name]


VISITS = Kind(
    name="visits",
    label=codes.FEEDS["visits"],
    prefix="visit",
    columns=(
        REFERENCE,
        common.ON,
        *common.TIMES,
        Column(name="place", label=("Place", "地點"), parse=short, also=("地方",)),
        Column(
            name="people",
            label=("Client numbers or contact codes of those met", "接觸者編號"),
            parse=common.PEOPLE.parse,
            example="P00001",
            also=common.PEOPLE.also,
        ),
        coded("role", ("Role of those met", "接觸者身分"), codes.ROLES),
        common.UNIDENTIFIED,
        coded("status", ("Status", "狀況"), OUTCOMES, example="held"),
        common.ACTIVITY,
        common.MODE,
        coded("setting", ("Setting", "場景"), codes.SETTINGS, example="outreach"),
        common.CONTRACT,
        common.WORKERS,
        common.NOTE,
    ),
    key=_key,
    save=_save,
    prepare=known_here,
    paths={**common.PATHS, "place_id": "place"},
)
