"""The JSON API of tasks, for those who may read notes and assessments."""

from typing import Any

from flask import Response, jsonify
from flask_smorest import Blueprint

from services.case.people.handlers import note_looks
from services.case.tasks import handlers, queries
from services.case.tasks.schemas import DecisionSchema, ReportSchema, TaskListSchema
from shared.auth.identity import identity, requires
from shared.auth.roles import NOTE_READERS
from shared.auth.teams import teams_seen
from shared.eventstore import Outcome
from shared.web.requests import answer, command_meta, expected_version, is_dry_run, service

bp = Blueprint("tasks_api", __name__, description="Tasks for the same day")


@bp.get("/tasks")
@requires(*NOTE_READERS)
@bp.arguments(TaskListSchema(), location="query")
def list_tasks(asked: dict[str, Any]) -> Response:
    """Tasks for the same day: one's own with `mine`, else those of one's teams"""
    who = identity()
    of = who.account_id if asked.pop("mine") else None
    with service().database.read() as connection:
        items = queries.task_list(
            connection, who.agency_id, teams_seen(who), of=of, leads=who.role == "team_leader", **asked
        )
    return jsonify({"items": items, "next": items[-1]["task_id"] if len(items) == asked["limit"] else None})


@bp.get("/tasks/<task_id>")
@requires(*NOTE_READERS)
def read(task_id: str) -> Response:
    """One task with its chain; the look at the person is written down"""
    task, chain = handlers.read(service(), identity(), task_id)
    about = task.matter.person_id if task.matter else None
    note_looks(service(), identity(), [about] if about else [], "task")
    response = jsonify(queries.task_view(task, chain))
    response.set_etag(str(len(chain)))
    return response


@bp.post("/tasks/<task_id>/decisions")
@requires(*NOTE_READERS)
@bp.arguments(DecisionSchema())
def decide(asked: dict[str, Any], task_id: str) -> Response:
    """Say what is to be done; a later decision takes the place of an earlier one, and both stay readable"""
    version = expected_version()
    meta, dry_run = command_meta(), is_dry_run()
    return _answer(task_id, handlers.decide_task(service(), identity(), meta, task_id, asked, version, dry_run=dry_run))


@bp.post("/tasks/<task_id>/reports")
@requires(*NOTE_READERS)
@bp.arguments(ReportSchema())
def report(asked: dict[str, Any], task_id: str) -> Response:
    """Record that a body was told, and when"""
    version = expected_version()
    meta, dry_run = command_meta(), is_dry_run()
    return _answer(task_id, handlers.report_task(service(), identity(), meta, task_id, asked, version, dry_run=dry_run))


def _answer(task_id: str, outcome: Outcome) -> Response:
    closed = [one.event.closed for one in outcome.events if hasattr(one.event, "closed")]
    body = {"task_id": task_id, "version": outcome.version, "phase": "closed" if any(closed) else "open"}
    return answer(outcome, body | {"warnings": []}, 201)
