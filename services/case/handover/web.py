"""The pages of a handover: whose caseload and plans, who takes over what, and a summary of each case to print."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, render_template, request
from flask_babel import gettext, ngettext

from services.case import pages
from services.case.cases import handlers as cases
from services.case.cases.queries import members_of
from services.case.handover import queries
from services.case.handover.handlers import assigned, hand_over
from services.case.handover.schemas import HandoverSchema
from services.case.sessions.handlers import sessions
from services.case.sessions.queries import planned_of_case, session_list
from services.case.tasks.queries import task_list
from shared.auth.identity import Identity, identity, requires
from shared.auth.roles import LEADERS, RECORDERS
from shared.auth.teams import reads_notes, teams_seen
from shared.clock import local_date
from shared.errors import CaseledgerError
from shared.ids import is_id
from shared.web.asking import ask
from shared.web.field_messages import load
from shared.web.requests import command_meta, see_other, service

bp = Blueprint("handover", __name__)

LAST = 5
"""Sessions in a summary."""
PLANNED_IN = {"session": "case", "meeting": "groups", "visit": "outreach"}
"""The services in which something is planned, by what the ids of their entries begin with."""


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
    """Assign the cases, and give what else is planned, for which a successor was chosen."""
    who, form = identity(), request.form
    leaver, to_all = form.get("worker_id", ""), form.get("all", "")
    chosen = {name.removeprefix("to-"): form[name] or to_all for name in form if name.startswith("to-")}
    chosen = {entry_id: successor for entry_id, successor in chosen.items() if successor}
    given = [{"case_id": one, "worker_id": successor} for one, successor in chosen.items() if is_id(one, "case")]
    outcome = None
    try:
        if given or not chosen:
            asked = load(HandoverSchema(), {"worker_id": leaver, "on": form.get("on"), "cases": given})
            successors = {one["case_id"]: one["worker_id"] for one in asked["cases"]}
            outcome = hand_over(service(), who, command_meta(), leaver, successors, asked["on"])
    except CaseledgerError as error:
        return _screen(who, leaver, error), error.status
    if done := len(assigned(outcome)) if outcome else 0:
        flash(ngettext("%(num)s case handed over.", "%(num)s cases handed over.", done))
    _give_plans(leaver, chosen, form.get("idempotency_key", ""))
    return see_other(f"/case/handover?worker_id={leaver}", outcome)


def _give_plans(leaver: str, chosen: Mapping[str, str], key: str) -> None:
    """Have each service give what is planned there, and say how many entries were given, or that it was not done."""
    done, failed = 0, False
    for prefix, name in PLANNED_IN.items():
        entries = [{"unit_id": one, "worker_id": to} for one, to in chosen.items() if is_id(one, prefix)]
        if entries:
            body = {"worker_id": leaver, "entries": entries}
            answer = ask(f"/{name}/api/v1/handover/planned/give", body, f"{key}.{name}")
            done, failed = done + len((answer or {"given": ()})["given"]), failed or answer is None
    if done:
        flash(ngettext("%(num)s planned entry handed over.", "%(num)s planned entries handed over.", done))
    if failed:
        flash(gettext("Some of what is planned was not handed over. Please look at the successors and try again."))


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
    plans = [ask(f"/{name}/api/v1/handover/planned", {"worker_id": leaver}) for name in PLANNED_IN.values()]
    return render_template(
        "case/handover.html",
        leaver=leaver,
        leaver_name=pages.colleagues(who).get(leaver, leaver),
        cases=found,
        members=now,
        plans=sorted((line for answer in plans if answer for line in answer["items"]), key=lambda line: line["on"]),
        unknown=None in plans,
        names=pages.names_of(who, {one for ids in now.values() for one in ids}, "handover"),
        successors=[(one, name) for one, name in pages.workers(who) if one != leaver],
        today=local_date(service().clock.now()),
        error=error,
    )
