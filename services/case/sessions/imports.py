"""Case sessions from a spreadsheet: one row a session, with the numbers of the case and of those who were there."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.case.cases import queries as cases
from services.case.people import queries as people
from services.case.sessions.domain import KINDS
from services.case.sessions.forms import usual_role
from services.case.sessions.handlers import sessions
from services.case.sessions.schemas import HeldSessionSchema, SessionCorrectionSchema
from shared.auth.identity import Identity
from shared.errors import FieldError, Invalid
from shared.eventstore import CommandMeta
from shared.importing.cells import yes
from shared.importing.kinds import REFERENCE, Column, Desk, Kind, Values, coded
from shared.service import Service
from shared.serviceunit import codes
from shared.serviceunit import importing as common
from shared.serviceunit.notices import Notice
from shared.web.field_messages import load

# Made once: making one takes longer than reading a row with it.
_CORRECTION = SessionCorrectionSchema()
_NEW = HeldSessionSchema()
CASE = Column(
    name="case_number", label=("Case number", "個案編號"), required=True, example="C0001", also=("case", "個案")
)
OUTCOMES = {code: pair for code, pair in codes.UNIT_STATUSES.items() if code in ("held", "no_show", "cancelled")}


def case_of(number: str, known: Mapping[str, str]) -> str:
    """The case that has this number; raises when there is none."""
    if number not in known:
        said: dict[str, object] = {"value": number[:40]}
        raise Invalid.of(
            [FieldError("case_number", "case_number_unknown", "There is no case with the number “%(value)s”.", said)]
        )
    return known[number]


def known_here(service: Service, who: Identity, rows: Sequence[Values]) -> Mapping[str, Any]:
    """Whom and what the rows name, looked up at once."""
    with service.database.read() as connection:
        numbers = [*common.named_in(rows, "people"), *common.named_in(rows, "client_number")]
        return {
            "cases": cases.numbered(connection, who.agency_id, common.named_in(rows, "case_number")),
            "people": people.numbered(connection, who.agency_id, numbers),
            "workers": common.usernames(service, who),
        }


def _key(values: Values) -> Sequence[object]:
    start = values["starts_at"].isoformat() if values["starts_at"] else ""
    return ["case", values["case_number"], values["occurred_on"].isoformat(), start, values["kind"] or KINDS[0]]


def _save(desk: Desk, meta: CommandMeta, session_id: str, version: int, rows: Sequence[Values]) -> Sequence[Notice]:
    (values,) = rows
    case_id = case_of(values["case_number"], desk.known["cases"])
    asked = common.occasion(values, desk.known) | {
        "case_id": case_id,
        "kind": values["kind"] or KINDS[0],
        "aftercare": bool(values["aftercare"]),
        "participants": _participants(desk, case_id, values),
    }
    if values["contract"] in common.REGULAR:
        asked["regular"] = True
    if version:
        asked = load(_CORRECTION, {**asked, "reason": common.REASON}) | {"origin": "imported"}
        return sessions.correct(desk.service, desk.who, meta, session_id, asked, version, dry_run=desk.dry_run).notices
    asked = load(_NEW, {**asked, "id": session_id}) | {"origin": "imported"}
    return sessions.record(desk.service, desk.who, meta, asked, dry_run=desk.dry_run).notices


def _participants(desk: Desk, case_id: str, values: Values) -> list[dict[str, Any]]:
    """Those named, in the role given or the one each most likely has."""
    ids = [common.person_of(number, desk.known["people"], "people") for number in values["people"]]
    if values["role"]:
        return [{"person_id": one, "role": values["role"]} for one in ids]
    day = values["occurred_on"]
    members = cases.members_on(desk.connection, [case_id], day, ever=True)
    roles = people.roles_on(desk.connection, ids, day)
    return [{"person_id": one, "role": usual_role(roles.get(one, set()), is_member=one in members)} for one in ids]


SESSIONS = Kind(
    name="sessions",
    label=codes.FEEDS["sessions"],
    prefix="session",
    columns=(
        REFERENCE,
        CASE,
        common.ON,
        *common.TIMES,
        coded("kind", ("Kind", "種類"), {one: codes.KINDS[one] for one in KINDS}, example="case_session"),
        common.PEOPLE,
        coded("role", ("Role of those present", "出席者身分"), codes.ROLES),
        coded("status", ("Status", "狀況"), OUTCOMES, example="held"),
        common.ACTIVITY,
        common.MODE,
        common.SETTING,
        common.CONTRACT,
        common.WORKERS,
        common.UNIDENTIFIED,
        Column(name="aftercare", label=("Aftercare", "結案後跟進"), parse=yes),
        common.NOTE,
    ),
    key=_key,
    save=_save,
    prepare=known_here,
    paths={**common.PATHS, "case_id": "case_number", "regular": "contract"},
)
