"""People from a spreadsheet: known again by their client number or the agency's reference, never by name."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from services.case.people import queries
from services.case.people.domain import GiveCode
from services.case.people.handlers import change_details, date_code, register
from services.case.people.schemas import DetailsSchema, PersonSchema
from shared.clock import local_date
from shared.errors import RuleBroken
from shared.eventstore import CommandMeta
from shared.importing.cells import day, short, text, whole
from shared.importing.kinds import REFERENCE, Column, Desk, Kind, Values, coded
from shared.serviceunit import codes
from shared.serviceunit.notices import Notice
from shared.web.field_messages import load

# Made once: making one takes longer than reading a row with it.
_NEW = PersonSchema()
_DETAILS_OF = DetailsSchema()
NUMBER = Column(
    name="client_number", label=("Client number", "服務使用者編號"), example="P00001", also=("會員編號", "個案編號")
)
SINCE = Column(name="since", label=("Role and groups since", "身分及組別由"), parse=day, example="2021-04-01")
DETAILS = ("client_number", "name_zh", "name_en", "alias", "phone", "gender", "birth_year", "district", "note")


def _key(values: Values) -> Sequence[object] | None:
    return ["client number", values["client_number"]] if values["client_number"] else None


def _find(desk: Desk, values: Values) -> str | None:
    """Who has the number already, imported or not."""
    number = values["client_number"]
    return queries.numbered(desk.connection, desk.who.agency_id, [number] if number else []).get(number)


def _save(desk: Desk, meta: CommandMeta, person_id: str, version: int, rows: Sequence[Values]) -> Sequence[Notice]:
    (values,) = rows
    details = {name: values[name] for name in DETAILS if values[name] is not None}
    since = values["since"] or local_date(desk.service.clock.now())
    if version:
        _change(desk, meta, person_id, version, details, _codes(values), since)
        return []
    asked = load(
        _NEW,
        {
            **details,
            "id": person_id,
            "team_id": desk.team_id,
            "roles": [{"role": values["role"], "from_date": since.isoformat()}] if values["role"] else [],
            "target_groups": [{"target_group": one, "from_date": since.isoformat()} for one in values["target_groups"]],
        },
    )
    written = register(desk.service, desk.who, meta, asked, dry_run=desk.dry_run)
    return list(_doubts(written.duplicates))


def _codes(values: Values) -> Mapping[str, Sequence[str]]:
    return {"role": [values["role"]] if values["role"] else [], "target_group": values["target_groups"]}


def _change(
    desk: Desk,
    meta: CommandMeta,
    person_id: str,
    version: int,
    details: dict[str, Any],
    named: Mapping[str, Sequence[str]],
    since: date,
) -> None:
    """Correct the details, and give what the person does not have yet; an empty cell takes nothing away."""
    service, who, dry_run = desk.service, desk.who, desk.dry_run
    changed = False
    try:
        asked = load(_DETAILS_OF, details)
        written = change_details(service, who, meta, person_id, asked, version, dry_run=dry_run)
        version, changed = version if dry_run else written.outcome.version, True
    except RuleBroken as error:
        if error.code != "nothing_changed":
            raise
    held = {(one["kind"], one["code"]) for one in queries.spells_of(desk.connection, [person_id]).get(person_id, ())}
    for kind, given in named.items():
        for code in given:
            if (kind, code) not in held:
                command = GiveCode(kind="role" if kind == "role" else "target_group", code=code, from_date=since)
                own = replace(meta, command_key=f"{meta.command_key}:{code}")
                written = date_code(service, who, own, person_id, command, version, dry_run=dry_run)
                version, changed = version if dry_run else written.outcome.version, True
    if not changed:
        raise RuleBroken("nothing_changed", "Nothing was changed, so there is nothing to save.")


def _doubts(duplicates: Sequence[Mapping[str, Any]]) -> list[Notice]:
    if not duplicates:
        return []
    numbers = ", ".join(str(one["client_number"]) for one in duplicates[:3])
    return [
        Notice(
            code="possible_duplicate",
            message="This may be the same person as %(numbers)s. If so, give this row that number.",
            params={"numbers": numbers},
        )
    ]


PEOPLE = Kind(
    name="people",
    label=codes.FEEDS["people"],
    prefix="person",
    columns=(
        REFERENCE,
        NUMBER,
        Column(name="name_zh", label=("Name in Chinese", "中文姓名"), parse=short, example="陳大文", also=("姓名",)),
        Column(
            name="name_en", label=("Name in English", "英文姓名"), parse=short, example="Chan Tai Man", also=("name",)
        ),
        Column(name="alias", label=("Alias", "別名"), parse=short),
        Column(name="phone", label=("Phone", "電話"), parse=short, also=("tel",)),
        coded("gender", ("Gender", "性別"), codes.GENDERS, example="male"),
        Column(name="birth_year", label=("Year of birth", "出生年份"), parse=whole, example="1980"),
        coded("district", ("District", "地區"), codes.DISTRICTS, example="sham_shui_po"),
        coded("role", ("Role", "身分"), codes.ROLES, example="family_member"),
        coded("target_groups", ("Target groups", "服務對象組別"), codes.TARGET_GROUPS, several=True, example="hidden"),
        SINCE,
        Column(name="note", label=("Note", "備註"), parse=text),
    ),
    key=_key,
    save=_save,
    find=_find,
    paths={"roles": "role", "roles.0": "role", "from_date": "since"},
)
