"""The JSON API of cases."""

from typing import Any

from flask import Response, jsonify
from flask_smorest import Blueprint

from services.case.cases import handlers, queries
from services.case.cases.domain import (
    AssignCase,
    ChangeCommand,
    CloseCase,
    JoinCase,
    LeaveCase,
    OpenCase,
    ReopenCase,
    StartIntake,
    TransferCase,
)
from services.case.cases.handlers import Written
from services.case.cases.schemas import (
    AssignSchema,
    CaseSchema,
    CloseSchema,
    DaySchema,
    LeaveSchema,
    ListSchema,
    MemberSchema,
    TransferSchema,
)
from services.case.people.handlers import note_looks
from shared.auth.identity import identity, requires
from shared.auth.roles import RECORDERS
from shared.auth.teams import teams_seen
from shared.clock import local_date
from shared.web.requests import answer, command_meta, expected_version, is_dry_run, service

bp = Blueprint("cases_api", __name__, description="Cases")


@bp.post("/cases")
@requires(*RECORDERS)
@bp.arguments(CaseSchema())
def register(asked: dict[str, Any]) -> Response:
    """Register a case at its first stage"""
    return _answer(handlers.register(service(), identity(), command_meta(), asked, dry_run=is_dry_run()), 201)


@bp.get("/cases")
@requires(*RECORDERS)
@bp.arguments(ListSchema(), location="query")
def list_cases(asked: dict[str, Any]) -> Response:
    """The cases of one's teams, by case number from the last"""
    who = identity()
    worker_id = who.account_id if asked.pop("mine") else None
    with service().database.read() as connection:
        items = queries.case_list(connection, who.agency_id, teams_seen(who), worker_id=worker_id, **asked)
    return jsonify({"items": items, "next": items[-1]["case_number"] if len(items) == asked["limit"] else None})


@bp.get("/cases/<case_id>")
@requires(*RECORDERS)
def read(case_id: str) -> Response:
    """One case with its members; the look at them is written down"""
    case, version = handlers.load(service(), identity(), case_id)
    note_looks(service(), identity(), {member.person_id for member in case.members}, "case")
    response = jsonify(queries.case_view(case) | {"version": version})
    response.set_etag(str(version))
    return response


@bp.post("/cases/<case_id>/intake")
@requires(*RECORDERS)
@bp.arguments(DaySchema())
def start_intake(asked: dict[str, Any], case_id: str) -> Response:
    """Begin the intake"""
    return _change(case_id, StartIntake(**asked, today=_today()))


@bp.post("/cases/<case_id>/open")
@requires(*RECORDERS)
@bp.arguments(DaySchema())
def open_case(asked: dict[str, Any], case_id: str) -> Response:
    """Open the case; sessions count from this day on"""
    return _change(case_id, OpenCase(**asked, today=_today()))


@bp.post("/cases/<case_id>/assign")
@requires(*RECORDERS)
@bp.arguments(AssignSchema())
def assign(asked: dict[str, Any], case_id: str) -> Response:
    """Assign the case to a worker"""
    return _change(case_id, AssignCase(**asked, today=_today()))


@bp.post("/cases/<case_id>/transfer")
@requires(*RECORDERS)
@bp.arguments(TransferSchema())
def transfer(asked: dict[str, Any], case_id: str) -> Response:
    """Transfer the case to another team; it may then be out of one's own sight"""
    return _change(case_id, TransferCase(**asked, today=_today()))


@bp.post("/cases/<case_id>/close")
@requires(*RECORDERS)
@bp.arguments(CloseSchema())
def close(asked: dict[str, Any], case_id: str) -> Response:
    """Close the case with its last day"""
    return _change(case_id, CloseCase(**asked, today=_today()))


@bp.post("/cases/<case_id>/reopen")
@requires(*RECORDERS)
@bp.arguments(DaySchema())
def reopen(asked: dict[str, Any], case_id: str) -> Response:
    """Reopen a closed case"""
    return _change(case_id, ReopenCase(**asked, today=_today()))


@bp.post("/cases/<case_id>/members")
@requires(*RECORDERS)
@bp.arguments(MemberSchema())
def join(asked: dict[str, Any], case_id: str) -> Response:
    """Take a person into the case from a day on"""
    return _change(case_id, JoinCase(**asked), 201)


@bp.post("/cases/<case_id>/members/leave")
@requires(*RECORDERS)
@bp.arguments(LeaveSchema())
def leave(asked: dict[str, Any], case_id: str) -> Response:
    """End a membership with its last day"""
    return _change(case_id, LeaveCase(**asked))


def _today() -> Any:
    return local_date(service().clock.now())


def _change(case_id: str, command: ChangeCommand, status: int = 200) -> Response:
    version = expected_version()
    meta, dry_run = command_meta(), is_dry_run()
    written = handlers.change(service(), identity(), meta, case_id, command, version, dry_run=dry_run)
    return _answer(written, status)


def _answer(written: Written, status: int) -> Response:
    body = queries.case_view(written.case) | {"version": written.outcome.version, "warnings": []}
    return answer(written.outcome, body, status)
