"""The pages of cases: the caseload, a new case, one case with its timeline and what can be done with it."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import lazy_gettext
from marshmallow import Schema

from services.case import pages
from services.case.assessments.charts import charts
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
from services.case.cases.events import CaseClosed, CaseOpened, CaseReopened
from services.case.cases.handlers import Written
from services.case.cases.schemas import (
    AssignSchema,
    CaseSchema,
    CloseSchema,
    DaySchema,
    LeaveSchema,
    MemberSchema,
    TransferSchema,
)
from services.case.people.handlers import find
from services.case.people.queries import spells_of
from services.case.tasks.queries import task_list
from services.case.timeline.handlers import kinds_for, open_timeline
from services.case.timeline.queries import scores_of
from services.case.timeline.shown import corrected_words, people_shown, shown_items
from shared.auth.identity import Identity, identity, requires
from shared.auth.roles import RECORDERS
from shared.auth.teams import reads_notes, teams_seen
from shared.clock import local_date
from shared.errors import CaseledgerError
from shared.serviceunit.effects import require_read
from shared.web.field_messages import load
from shared.web.requests import command_meta, expected_version, see_other, service

bp = Blueprint("cases", __name__, url_prefix="/cases")

Page = Any
REGULAR = "regular"
PAGE_LENGTH = 50
TIMELINE_LENGTH = 30
STEPS = {
    "CaseEnquired": lazy_gettext("Enquiry"),
    "CaseIntakeStarted": lazy_gettext("Intake"),
    "CaseOpened": lazy_gettext("Opened"),
    "CaseAssigned": lazy_gettext("Assigned"),
    "CaseTransferred": lazy_gettext("Transferred"),
    "CaseClosed": lazy_gettext("Closed"),
    "CaseReopened": lazy_gettext("Reopened"),
    "CaseMemberJoined": lazy_gettext("Joined"),
    "CaseMemberLeft": lazy_gettext("Left"),
}


@bp.get("")
@requires(*RECORDERS)
def caseload() -> str:
    """The cases assigned to oneself, or all of one's teams."""
    who, everybody = identity(), request.args.get("all") == "1"
    stage, after = request.args.get("stage"), request.args.get("after")
    with service().database.read() as connection:
        found = queries.case_list(
            connection,
            who.agency_id,
            teams_seen(who),
            worker_id=None if everybody else who.account_id,
            stage=stage if stage in pages.VOCABULARIES["case_stage"] else None,
            limit=PAGE_LENGTH,
            after=after,
        )
    present = [one["person_id"] for case in found for one in case["members"] if one["to_date"] is None]
    return render_template(
        "case/cases.html",
        cases=found,
        names=pages.names_of(who, present, "caseload"),
        colleagues=pages.colleagues(who),
        everybody=everybody,
        stage=stage,
        following=found[-1]["case_number"] if len(found) == PAGE_LENGTH else None,
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(*RECORDERS)
def new() -> Page:
    """Open a case for people who are registered already; they are found by a search."""
    who, error, found = identity(), None, []
    people = request.form.getlist("person") or request.args.getlist("person")
    if request.method == "POST":
        if "add" in request.form:
            people = [*people, request.form["add"]]
        elif "remove" in request.form:
            people = [one for one in people if one != request.form["remove"]]
        elif "find" in request.form:
            found = _found(request.form.get("q", ""))
        else:
            try:
                asked = load(CaseSchema(), _registration(people))
                meta = command_meta()
                _require_read(handlers.register(service(), who, meta, asked, dry_run=True))
                written = handlers.register(service(), who, meta, asked)
                return see_other(f"/case/cases/{written.case.case_id}", written.outcome)
            except CaseledgerError as raised:
                error = raised
    people = list(dict.fromkeys(people))
    page = render_template(
        "case/case-form.html",
        values=request.form,
        people=people,
        found=[one for one in found if one["person_id"] not in people],
        names=pages.names_of(who, people, "new case"),
        contracts=[*pages.contract_titles(who).items()],
        own_teams=pages.own_teams(who),
        workers=pages.workers(who),
        today=_today().isoformat(),
        error=error,
    )
    return page, error.status if error else 200


@bp.get("/<case_id>")
@requires(*RECORDERS)
def show(case_id: str) -> Page:
    """One case: members, timeline, next steps."""
    return _case(case_id)


@bp.post("/<case_id>/intake")
@requires(*RECORDERS)
def start_intake(case_id: str) -> Page:
    """Begin the intake."""
    return _change(case_id, DaySchema(), lambda asked: StartIntake(**asked, today=_today()))


@bp.post("/<case_id>/open")
@requires(*RECORDERS)
def open_case(case_id: str) -> Page:
    """Open the case."""
    return _change(case_id, DaySchema(), lambda asked: OpenCase(**asked, today=_today()))


@bp.post("/<case_id>/assign")
@requires(*RECORDERS)
def assign(case_id: str) -> Page:
    """Assign the case."""
    return _change(case_id, AssignSchema(), lambda asked: AssignCase(**asked, today=_today()))


@bp.post("/<case_id>/transfer")
@requires(*RECORDERS)
def transfer(case_id: str) -> Page:
    """Transfer the case to another team."""
    return _change(case_id, TransferSchema(), lambda asked: TransferCase(**asked, today=_today()))


@bp.post("/<case_id>/close")
@requires(*RECORDERS)
def close(case_id: str) -> Page:
    """Close the case."""
    return _change(case_id, CloseSchema(), lambda asked: CloseCase(**asked, today=_today()))


@bp.post("/<case_id>/reopen")
@requires(*RECORDERS)
def reopen(case_id: str) -> Page:
    """Reopen the case."""
    return _change(case_id, DaySchema(), lambda asked: ReopenCase(**asked, today=_today()))


@bp.post("/<case_id>/members")
@requires(*RECORDERS)
def join(case_id: str) -> Page:
    """Take a person into the case."""
    if "find" in request.form:
        return _case(case_id, found=_found(request.form.get("q", "")))
    return _change(case_id, MemberSchema(), lambda asked: JoinCase(**asked))


@bp.post("/<case_id>/members/leave")
@requires(*RECORDERS)
def leave(case_id: str) -> Page:
    """End a membership."""
    return _change(case_id, LeaveSchema(), lambda asked: LeaveCase(**asked))


def _change(case_id: str, schema: Schema, command: Callable[[dict[str, Any]], ChangeCommand]) -> Page:
    who = identity()
    try:
        asked = load(schema, pages.filled(request.form, *schema.fields))
        meta, expected = command_meta(), expected_version()
        _require_read(handlers.change(service(), who, meta, case_id, command(asked), expected, dry_run=True))
        written = handlers.change(service(), who, meta, case_id, command(asked), expected)
    except CaseledgerError as raised:
        return _case(case_id, error=raised)
    # After a transfer the case may be out of one's own sight.
    where = f"/case/cases/{case_id}" if who.sees_team(written.case.team_id) else "/case/cases"
    return see_other(where, written.outcome)


def _require_read(would: Written) -> None:
    """Ask for its effects on reports that were sent to be read before a case is opened or closed on a day gone by."""
    stages = [
        {"case_id": would.case.case_id, "contract_id": would.case.contract_id, "stage": stage, "on": one.event.on}
        for one in would.outcome.events
        for stage, kinds in (("opened", (CaseOpened, CaseReopened)), ("closed", (CaseClosed,)))
        if isinstance(one.event, kinds) and one.event.on < local_date(service().clock.now())
    ]
    if stages:
        require_read(stages=stages)


def _case(case_id: str, *, error: CaseledgerError | None = None, found: Any = ()) -> Page:
    """The page of a case with the timeline, or with the assessments over time."""
    who, kind, after = identity(), request.args.get("kind"), request.args.get("after")
    kind = kind if kind in kinds_for(who) else None
    scores = reads_notes(who) and request.args.get("view") == "assessments"
    limit = 1 if scores else TIMELINE_LENGTH
    timeline = open_timeline(service(), who, case_id, kind=kind, limit=limit, after=after, with_stories=True)
    case, colleagues = timeline.case, pages.colleagues(who)
    with service().database.read() as connection:
        spells = spells_of(connection, {member.person_id for member in case.members})
        tasks = task_list(connection, who.agency_id, None, case_id=case_id) if reads_notes(who) else []
        over_time = charts(scores_of(connection, case_id)) if scores else []
    names = pages.names_of(who, people_shown(timeline) | {one.person_id for one in over_time}, "case page")
    page = render_template(
        "case/case.html",
        case=queries.case_view(case),
        version=timeline.version,
        items=[] if scores else shown_items(timeline, who, colleagues, names),
        kind_places=_kind_places(who, case_id),
        chosen=kind,
        following=timeline.following,
        after=after,
        scores=scores,
        charts=over_time,
        spells=spells,
        tasks=tasks,
        steps=STEPS,
        corrected_words=corrected_words,
        names=names,
        colleagues=colleagues,
        workers=pages.workers(who),
        teams=pages.teams(who),
        contract=pages.contract_titles(who).get(case.contract_id or "", case.contract_id),
        found=[one for one in found if one["person_id"] not in {member.person_id for member in case.members}],
        reads_notes=reads_notes(who),
        today=_today().isoformat(),
        error=error,
    )
    return page, error.status if error else 200


def _kind_places(who: Identity, case_id: str) -> list[dict[str, str]]:
    """The timeline narrowed to one kind, for each kind this person may read."""
    return [
        {"url": f"/case/cases/{case_id}?kind={kind}", "label": pages.label("timeline_kind", kind)}
        for kind in kinds_for(who)
    ]


def _registration(people: list[str]) -> dict[str, Any]:
    given: dict[str, Any] = pages.filled(
        request.form, "kind", "stage", "on", "team_id", "worker_id", "case_number", "contract_id"
    )
    if given.get("contract_id") == REGULAR:
        given["contract_id"] = None
    given["members"] = [
        {"person_id": one, "relationship": request.form.get(f"relationship-{one}", "")} for one in people
    ]
    return given


def _found(text: str) -> list[dict[str, Any]]:
    found = find(service(), identity(), text, None, 20, None) if text.strip() else []
    return [one for one in found if one["merged_into"] is None]


def _today() -> Any:
    return local_date(service().clock.now())
