"""The pages of a handover: whose caseload, who takes over which case, and a summary of each case to print."""

from typing import Any

from flask import Blueprint, flash, render_template, request
from flask_babel import ngettext

from services.case import pages
from services.case.cases import handlers as cases
from services.case.cases.queries import members_of
from services.case.handover import queries
from services.case.handover.handlers import hand_over
from services.case.handover.schemas import HandoverSchema
from services.case.sessions.handlers import sessions
from services.case.sessions.queries import planned_of_case, session_list
from services.case.tasks.queries import task_list
from shared.auth.identity import Identity, identity, requires
from shared.auth.roles import LEADERS, RECORDERS
from shared.auth.teams import reads_notes, teams_seen
from shared.clock import local_date
from shared.errors import CaseledgerError
from shared.web.field_messages import load
from shared.web.requests import command_meta, see_other, service

bp = Blueprint("handover", __name__)

LAST = 5
"""Sessions in a summary."""


@bp.get("/handover")
@requires(*LEADERS)
def choose() -> str:
    """Whose cases are to be handed over: the workers of one's teams; `?worker_id=` shows the cases of one of them."""
    who = identity()
    if "worker_id" in request.args:
        return _screen(who, request.args["worker_id"])
    with service().database.read() as connection:
        loads = queries.loads(connection, who.agency_id, teams_seen(who))
    names = pages.colleagues(who)
    workers = sorted(((names.get(one, one), one, count) for one, count in loads.items()), key=lambda row: row[0])
    return render_template("case/handover-choose.html", workers=workers)


@bp.post("/handover")
@requires(*LEADERS)
def give() -> Any:
    """Assign the cases for which a successor was chosen."""
    who, form = identity(), request.form
    leaver, to_all = form.get("worker_id", ""), form.get("all", "")
    chosen = {name.removeprefix("to-"): form[name] or to_all for name in form if name.startswith("to-")}
    given = [{"case_id": case_id, "worker_id": worker} for case_id, worker in chosen.items() if worker]
    try:
        asked = load(HandoverSchema(), {"worker_id": leaver, "on": form.get("on"), "cases": given})
        successors = {one["case_id"]: one["worker_id"] for one in asked["cases"]}
        outcome = hand_over(service(), who, command_meta(), leaver, successors, asked["on"])
    except CaseledgerError as error:
        return _screen(who, leaver, error), error.status
    done = len(outcome.events)
    flash(ngettext("%(num)s case handed over.", "%(num)s cases handed over.", done))
    return see_other(f"/case/handover?worker_id={leaver}", outcome)


@bp.get("/cases/<case_id>/summary")
@requires(*RECORDERS)
def summary(case_id: str) -> str:
    """One case on one page, to hand over or to print; notes and tasks for those who read notes."""
    who, teams = identity(), teams_seen(identity())
    case, _ = cases.load(service(), who, case_id)
    reads = reads_notes(who)
    with service().database.read() as connection:
        found = session_list(connection, who.agency_id, teams, case_id=case_id, limit=4 * LAST)
        planned = planned_of_case(connection, who.agency_id, case_id)
        tasks = task_list(connection, who.agency_id, teams, case_id=case_id) if reads else []
    last = [one for one in found if one["phase"] == "recorded"][:LAST]
    notes = {one["session_id"]: sessions.read(service(), who, one["session_id"])[0].note for one in last if reads}
    present = {one.person_id for one in case.members}
    colleagues = pages.colleagues(who)
    return render_template(
        "case/case-summary.html",
        case=case,
        worker=colleagues.get(case.worker_id or ""),
        team=pages.teams(who).get(case.team_id),
        contract=pages.contract_titles(who).get(case.contract_id or ""),
        last=last,
        notes=notes,
        planned=planned,
        tasks=tasks,
        colleagues=colleagues,
        names=pages.names_of(who, present, "case summary"),
        today=local_date(service().clock.now()),
    )


def _screen(who: Identity, leaver: str, error: CaseledgerError | None = None) -> str:
    with service().database.read() as connection:
        found = queries.caseload(connection, who.agency_id, teams_seen(who), leaver)
        members = members_of(connection, [one["case_id"] for one in found])
    now = {
        case_id: [one["person_id"] for one in of_case if one["to_date"] is None] for case_id, of_case in members.items()
    }
    return render_template(
        "case/handover.html",
        leaver=leaver,
        leaver_name=pages.colleagues(who).get(leaver, leaver),
        cases=found,
        members=now,
        names=pages.names_of(who, {one for ids in now.values() for one in ids}, "handover"),
        successors=[(one, name) for one, name in pages.workers(who) if one != leaver],
        today=local_date(service().clock.now()),
        error=error,
    )
