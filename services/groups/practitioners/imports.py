"""People of the sector from a spreadsheet, known again by the agency's reference or by name and organisation."""

from collections.abc import Sequence

from services.groups.practitioners.domain import normalised, organisation_id
from services.groups.practitioners.handlers import register
from services.groups.practitioners.queries import practitioners, same_practitioners
from services.groups.practitioners.schemas import PractitionerSchema
from shared.errors import RuleBroken
from shared.eventstore import CommandMeta
from shared.importing.cells import short
from shared.importing.kinds import REFERENCE, Column, Desk, Kind, Values
from shared.serviceunit import codes
from shared.serviceunit.notices import Notice
from shared.web.field_messages import load

# Made once: making one takes longer than reading a row with it.
_NEW = PractitionerSchema()
FIELDS = ("name", "organisation", "post")


def _key(values: Values) -> Sequence[object]:
    return [normalised(values["name"]), normalised(values["organisation"])]


def _save(desk: Desk, meta: CommandMeta, entry_id: str, version: int, rows: Sequence[Values]) -> Sequence[Notice]:
    (values,) = rows
    asked = {name: values[name] for name in FIELDS}
    if version:
        _refuse_another(desk, entry_id, asked)
    body = load(_NEW, {**asked, "id": entry_id})
    register(desk.service, desk.who, meta, body, dry_run=desk.dry_run)
    place = organisation_id(desk.who.agency_id, asked["organisation"], desk.service.settings.hash_key)
    alike = same_practitioners(desk.connection, desk.service.vault, desk.who.agency_id, asked["name"], place)
    if [one for one in alike if one != entry_id]:
        return [
            Notice(code="possible_duplicate", message="Somebody with this name in this organisation is known already.")
        ]
    return []


def _refuse_another(desk: Desk, entry_id: str, asked: dict[str, str | None]) -> None:
    """Who is known stays as registered: there is no correcting them yet, by hand or from a file."""
    known = practitioners(desk.connection, desk.service.vault, desk.who.agency_id, [entry_id])
    if known and all(known[0][name] == asked[name] for name in FIELDS):
        raise RuleBroken("nothing_changed", "Nothing was changed, so there is nothing to save.")
    raise RuleBroken("practitioner_exists", "There is somebody with this id already.", field="reference")


PRACTITIONERS = Kind(
    name="practitioners",
    label=codes.FEEDS["practitioners"],
    prefix="practitioner",
    columns=(
        REFERENCE,
        Column(name="name", label=("Name", "姓名"), parse=short, required=True, example="李小明", also=("姓名",)),
        Column(name="organisation", label=("Organisation", "機構"), parse=short, required=True, example="協和社區中心"),
        Column(name="post", label=("Post", "職位"), parse=short, example="社工"),
    ),
    key=_key,
    save=_save,
    paths={"id": "reference"},
)
