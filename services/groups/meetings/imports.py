"""Attendance from a spreadsheet: one row a person at a meeting; the rows of a meeting are recorded together.

A later file adds to a meeting and corrects those it names; whom it does not name stays as they were.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from services.groups.groups import queries as groups
from services.groups.meetings.handlers import meetings
from services.groups.meetings.schemas import MeetingCorrectionSchema, MeetingSchema
from services.groups.practitioners.queries import PREFIX as PRACTITIONER
from shared.auth.identity import Identity
from shared.auth.teams import teams_seen
from shared.clock import HONG_KONG
from shared.errors import FieldError, Invalid
from shared.eventstore import CommandMeta
from shared.importing.cells import yes
from shared.importing.kinds import REFERENCE, Column, Desk, Kind, Values, coded
from shared.service import Service
from shared.serviceunit import codes
from shared.serviceunit import importing as common
from shared.serviceunit.notices import Notice
from shared.serviceunit.unit import ServiceUnit
from shared.web.field_messages import load

# Made once: making one takes longer than reading a row with it.
_CORRECTION = MeetingCorrectionSchema()
_NEW = MeetingSchema()
GROUP = Column(
    name="group",
    label=("Group (title or code)", "小組（名稱或編號）"),
    required=True,
    example="家人互助小組",
    also=("group", "小組"),
)
OF_MEETING = ("group", "occurred_on", "starts_at", "ends_at", "minutes", "mode", "setting", "contract", "workers")
"""What is of the meeting, and so has to be the same in all its rows."""
_KEPT = ("minutes", "mode", "setting", "activity", "unidentified_count", "status")


def known_here(service: Service, who: Identity, rows: Sequence[Values]) -> Mapping[str, Any]:
    """Whom and what the rows name: people are asked of the case service, groups are our own."""
    with service.database.read() as connection:
        found = groups.groups(connection, who.agency_id, teams_seen(who), limit=10_000)
    titles: dict[str, list[str]] = {}
    for one in found:
        for name in (one["title"], one["group_id"]):
            titles.setdefault(str(name), []).append(str(one["group_id"]))
    return {
        "people": common.numbered_elsewhere(common.named_in(rows, "client_number")),
        "workers": common.usernames(service, who),
        "groups": titles,
    }


def _key(values: Values) -> Sequence[object]:
    start = values["starts_at"].isoformat() if values["starts_at"] else ""
    return ["group", values["group"], values["occurred_on"].isoformat(), start]


def _part(values: Values) -> Sequence[object]:
    return [values["client_number"]]


def _group_of(title: str, known: Mapping[str, Sequence[str]]) -> str:
    found = known.get(title, ())
    if len(found) == 1:
        return found[0]
    said: dict[str, object] = {"value": title[:40]}
    if not found:
        raise Invalid.of([FieldError("group", "group_unknown", "None of your groups is called “%(value)s”.", said)])
    error = FieldError(
        "group",
        "group_unclear",
        "Several groups are called “%(value)s”. Write the code of the one that is meant.",
        said,
    )
    raise Invalid.of([error])


def _save(desk: Desk, meta: CommandMeta, meeting_id: str, version: int, rows: Sequence[Values]) -> Sequence[Notice]:
    before = _before(desk, meeting_id) if version else None
    there = _participants(desk, rows)
    named = {one["person_id"] for one in there}
    asked = common.occasion(rows[0], desk.known) | {
        "group_id": _group_of(rows[0]["group"], desk.known["groups"]),
        "team_id": desk.team_id,
    }
    if before is not None:
        asked = _as_before(before) | asked
        there += [one for one in msgspec.to_builtins(before.participants) if one["person_id"] not in named]
    asked["participants"] = there
    if version:
        body = load(_CORRECTION, {**asked, "reason": common.REASON}) | {"origin": "imported"}
        return meetings.correct(desk.service, desk.who, meta, meeting_id, body, version, dry_run=desk.dry_run).notices
    body = load(_NEW, {**asked, "id": meeting_id}) | {"origin": "imported"}
    return meetings.record(desk.service, desk.who, meta, body, dry_run=desk.dry_run).notices


def _participants(desk: Desk, rows: Sequence[Values]) -> list[dict[str, Any]]:
    there: list[dict[str, Any]] = []
    wrong: list[FieldError] = []
    for index, row in enumerate(rows):
        number = row["client_number"]
        try:
            own = number.startswith(PRACTITIONER)
            person_id = number if own else common.person_of(number, desk.known["people"], "client_number")
        except Invalid as error:
            wrong += [FieldError(f"participants.{index}", one.code, one.message, one.params) for one in error.fields]
            continue
        role = row["role"] or ("practitioner" if own else "family_member")
        status = {"status": row["attendance"]} if row["attendance"] else {}
        there.append({"person_id": person_id, "role": role, "walk_in": bool(row["walk_in"]), **status})
    if wrong:
        raise Invalid.of(wrong)
    return there


def _before(desk: Desk, meeting_id: str) -> ServiceUnit | None:
    return meetings.read(desk.service, desk.who, meeting_id)[0].unit


def _as_before(unit: ServiceUnit) -> dict[str, Any]:
    """What the meeting says so far, for whatever the rows leave empty."""
    kept = {name: getattr(unit, name) for name in _KEPT}
    if unit.starts_at is not None:
        kept["starts_at"] = unit.starts_at.astimezone(HONG_KONG).strftime("%H:%M")
    if len(unit.segments) > 1:
        kept |= {"segments": msgspec.to_builtins(unit.segments), "split_approval": unit.split_approval}
    else:
        kept["contract_id"] = unit.segments[0].contract_id if unit.segments else None
    same = ("kind", "place_id", "organisation_id", "partner_count", "sign_in_sheet", "late_reason")
    kept |= {"served_by": list(unit.served_by), "co_organised": "co_organised" in unit.tags}
    return {**kept, **{name: getattr(unit, name) for name in same}}


ATTENDANCE = Kind(
    name="attendance",
    label=codes.FEEDS["attendance"],
    prefix="meeting",
    columns=(
        REFERENCE,
        GROUP,
        common.ON,
        *common.TIMES,
        common.NUMBER,
        coded("role", ("Role", "身分"), codes.ROLES, example="family_member"),
        coded("attendance", ("Attendance", "出席"), codes.ATTENDANCE, example="present"),
        Column(name="walk_in", label=("Walk-in", "即場參加"), parse=yes),
        common.MODE,
        common.SETTING,
        common.CONTRACT,
        common.WORKERS,
    ),
    key=_key,
    part=_part,
    agreeing=OF_MEETING,
    save=_save,
    prepare=known_here,
    paths={**common.PATHS, "participants": "client_number", "group_id": "group", "status": "attendance"},
)
