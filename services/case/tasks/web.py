"""The pages of tasks: what waits for oneself or one's team, and the chain of one."""

from datetime import datetime
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext, lazy_gettext
from marshmallow import Schema

from services.case import pages
from services.case.codes import REPORT_BODIES
from services.case.tasks import handlers, queries
from services.case.tasks.domain import DECISIONS_OF, Task
from services.case.tasks.schemas import DecisionSchema, ReportSchema
from shared.auth.identity import identity, requires
from shared.auth.roles import NOTE_READERS
from shared.auth.teams import teams_seen
from shared.clock import HONG_KONG, local_date
from shared.errors import CaseledgerError
from shared.web.field_messages import load
from shared.web.requests import command_meta, expected_version, see_other, service
from shared.web.shell import moment

bp = Blueprint("tasks", __name__, url_prefix="/tasks")

Page = Any
PAGE_LENGTH = 50
CHAIN = {
    "TaskRaised": lazy_gettext("Raised"),
    "TaskDecided": lazy_gettext("Decided"),
    "TaskReported": lazy_gettext("Reported"),
    "TaskNoted": lazy_gettext("Note"),
    "TaskWithdrawn": lazy_gettext("Withdrawn"),
}
ENTRY_PAGES = {
    "session": "/case/sessions",
    "assessment": "/case/assessments",
    "meeting": "/groups/meetings",
    "visit": "/outreach/visits",
}
"""Where each kind of entry is shown; meetings and visits are named for the day they raise tasks too."""


@bp.get("")
@requires(*NOTE_READERS)
def waiting() -> str:
    """What waits for oneself, or for one's teams; and what is done."""
    who, chosen, after = identity(), request.args.get("of", "mine"), request.args.get("after")
    with service().database.read() as connection:
        found = queries.task_list(
            connection,
            who.agency_id,
            teams_seen(who),
            of=who.account_id if chosen == "mine" else None,
            leads=who.role == "team_leader",
            phase="closed" if chosen == "done" else "open",
            limit=PAGE_LENGTH,
            after=after,
        )
    people = [one["person_id"] for one in found if one["person_id"]]
    return render_template(
        "case/tasks.html",
        tasks=found,
        chosen=chosen,
        names=pages.names_of(who, people, "tasks"),
        colleagues=pages.colleagues(who),
        today=local_date(service().clock.now()).isoformat(),
        following=found[-1]["task_id"] if len(found) == PAGE_LENGTH else None,
    )


@bp.get("/<task_id>")
@requires(*NOTE_READERS)
def show(task_id: str) -> Page:
    """One task: what it is about, its chain, and what can be decided."""
    return _task(task_id)


@bp.post("/<task_id>/decisions")
@requires(*NOTE_READERS)
def decide(task_id: str) -> Page:
    """Say what is to be done."""
    given: dict[str, Any] = pages.filled(request.form, "decision") | {"bodies": request.form.getlist("bodies")}
    given["note"] = request.form.get("decision_note")
    return _changed(task_id, DecisionSchema(), given, handlers.decide_task)


@bp.post("/<task_id>/reports")
@requires(*NOTE_READERS)
def report(task_id: str) -> Page:
    """Record that a body was told."""
    given: dict[str, Any] = pages.filled(request.form, "body") | {"note": request.form.get("report_note")}
    if told := request.form.get("reported_at", "").strip():
        given["reported_at"] = _aware(told)
    return _changed(task_id, ReportSchema(), given, handlers.report_task)


def _aware(local: str) -> str:
    """What a field for date and time holds is Hong Kong time; what cannot be read is left for the schema to refuse."""
    try:
        return datetime.fromisoformat(local).replace(tzinfo=HONG_KONG).isoformat()
    except ValueError:
        return local


def _changed(task_id: str, schema: Schema, given: dict[str, Any], handler: Any) -> Page:
    try:
        asked = load(schema, given)
        return see_other(
            f"/case/tasks/{task_id}",
            handler(service(), identity(), command_meta(), task_id, asked, expected_version()),
        )
    except CaseledgerError as raised:
        return _task(task_id, raised)


def _task(task_id: str, error: CaseledgerError | None = None) -> Page:
    who = identity()
    task, chain = handlers.read(service(), who, task_id)
    view = queries.task_view(task, chain)
    person_id = view["person_id"]
    page = render_template(
        "case/task.html",
        task=view,
        name=pages.names_of(who, [person_id], "task")[person_id] if person_id else None,
        case_number=_case_number(who.agency_id, view["case_id"]),
        entry_url=entry_url(view["entry_id"]),
        chain=[_line(link, pages.colleagues(who)) for link in reversed(view["chain"])],
        decisions=_decisions(task),
        bodies=pages.options("report_body"),
        told=pages.options("report_body", _not_told(task)),
        now_local=service().clock.now().astimezone(HONG_KONG).strftime("%Y-%m-%dT%H:%M"),
        error=error,
    )
    return page, error.status if error else 200


def entry_url(entry_id: str | None) -> str | None:
    """Where the entry that a task follows from is shown."""
    place = ENTRY_PAGES.get((entry_id or "").partition("-")[0])
    return f"{place}/{entry_id}" if place else None


def _decisions(task: Task) -> list[tuple[str, str]]:
    known = task.matter is not None and task.phase != "withdrawn"
    return pages.options("task_decision", DECISIONS_OF[task.matter.kind]) if known and task.matter else []


def _not_told(task: Task) -> list[str]:
    """Who can still be told: first those to whom it is to be reported."""
    return [*dict.fromkeys((*task.unreported, *(one for one in REPORT_BODIES if one not in task.reported)))]


def _case_number(agency_id: str, case_id: str | None) -> str | None:
    with service().database.read() as connection:
        return queries.case_number_of(connection, agency_id, case_id) if case_id else None


def _line(link: dict[str, Any], colleagues: dict[str, str]) -> dict[str, Any]:
    """One link of the chain as a line of a story."""
    bodies = gettext(", ").join(pages.label("report_body", one) for one in link.get("bodies", ()))
    details = {
        "TaskDecided": " · ".join(filter(None, (pages.label("task_decision", link.get("decision")), bodies))),
        "TaskReported": _told(link),
        "TaskNoted": link.get("note") or gettext("This note was destroyed."),
        "TaskWithdrawn": pages.label("withdrawal", link.get("reason")),
    }
    return {
        "what": CHAIN[link["type"]],
        "who": colleagues.get(link["actor"]),
        "when": link["recorded_at"],
        "detail": details.get(link["type"]),
    }


def _told(link: dict[str, Any]) -> Any:
    if "body" not in link:
        return None
    return pages.label("report_body", link["body"]) + " · " + moment(link["reported_at"])
