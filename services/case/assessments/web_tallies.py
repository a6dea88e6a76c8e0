"""The pages of questionnaires nobody signed: what an event came to, entered as totals or as single scores."""

from typing import Any

from flask import Blueprint, render_template, request
from marshmallow import Schema

from services.case import pages
from services.case.assessments import handlers
from services.case.assessments.events import QuestionnaireTallied, QuestionnaireTallyCorrected
from services.case.assessments.handlers import Counted
from services.case.assessments.instruments import INSTRUMENTS
from services.case.assessments.queries import cursor_of, tally_list
from services.case.assessments.schemas import TallyCorrectionSchema, TallySchema, TallyVoidSchema
from services.case.assessments.story import story_lines
from shared.auth.identity import Identity, identity, requires
from shared.auth.roles import RECORDERS
from shared.auth.teams import teams_seen
from shared.clock import local_date
from shared.errors import CaseledgerError, Invalid
from shared.eventstore import Outcome
from shared.ids import is_id
from shared.serviceunit.effects import require_read
from shared.web.field_messages import load
from shared.web.requests import command_meta, expected_version, see_other, service

bp = Blueprint("tallies", __name__, url_prefix="/tallies")

Page = Any
PAGE_LENGTH = 50
AFTERWARDS = [one.instrument_id for one in INSTRUMENTS.values() if one.phases == ("post",)]
"""The questionnaires that are asked once, after an event, and most often unsigned."""
_PUBLIC = ("tally_id", "instrument", "assessed_on", "totals", "contract_id")


@bp.get("")
@requires(*RECORDERS)
def everything() -> str:
    """What nobody signed, of one's teams, the newest first."""
    who = identity()
    with service().database.read() as connection:
        seen, after = teams_seen(who), request.args.get("after")
        found = tally_list(connection, who.agency_id, seen, limit=PAGE_LENGTH, after=after)
    following = cursor_of(found[-1], "tally_id") if len(found) == PAGE_LENGTH else None
    titles = pages.contract_titles(who)
    return render_template("case/tallies.html", tallies=found, contracts=titles, following=following)


@bp.route("/new", methods=["GET", "POST"])
@requires(*RECORDERS)
def new() -> Page:
    """Enter the questionnaires of an event; a meeting hands over its day and contract."""
    who, error, today = identity(), None, local_date(service().clock.now())
    if request.method == "POST":
        try:
            asked, meta = _asked(TallySchema()), command_meta()
            if asked["assessed_on"] != today:
                _require_read(handlers.record_tally(service(), who, meta, asked, dry_run=True))
            return _saved(handlers.record_tally(service(), who, meta, asked).outcome)
        except CaseledgerError as raised:
            error = raised
    blank = {"instrument": AFTERWARDS[0], "assessed_on": today.isoformat()}
    return _form(who, blank | dict(request.args) | dict(request.form), "/case/tallies", error=error)


@bp.get("/<tally_id>")
@requires(*RECORDERS)
def show(tally_id: str) -> str:
    """What the questionnaires came to, and the story of the entry."""
    who = identity()
    state, story = handlers.read_tally(service(), who, tally_id)
    assert state.event is not None
    return render_template(
        "case/tally.html",
        entry=state.event,
        voided=state.phase == "voided",
        of_a_meeting=is_id(state.event.unit_id or "", "meeting"),
        contract=pages.contract_titles(who).get(state.event.contract_id, state.event.contract_id),
        story=story_lines(story, pages.colleagues(who)),
    )


@bp.route("/<tally_id>/correct", methods=["GET", "POST"])
@requires(*RECORDERS)
def correct(tally_id: str) -> Page:
    """Correct what was counted, with the reason."""
    who, error = identity(), None
    state, story = handlers.read_tally(service(), who, tally_id)
    assert state.event is not None
    if request.method == "POST":
        try:
            asked, meta, expected = _asked(TallyCorrectionSchema()), command_meta(), expected_version()
            _require_read(handlers.correct_tally(service(), who, meta, tally_id, asked, expected, dry_run=True))
            return _saved(handlers.correct_tally(service(), who, meta, tally_id, asked, expected).outcome)
        except CaseledgerError as raised:
            error = raised
    values, back = _values(state.event) | dict(request.form), f"/case/tallies/{tally_id}"
    return _form(who, values, back, error=error, version=len(story))


@bp.route("/<tally_id>/void", methods=["GET", "POST"])
@requires(*RECORDERS)
def void(tally_id: str) -> Page:
    """Void an entry that should never have been made, with the reason."""
    who, error, back = identity(), None, f"/case/tallies/{tally_id}"
    state, story = handlers.read_tally(service(), who, tally_id)
    assert state.event is not None
    if request.method == "POST":
        try:
            asked = load(TallyVoidSchema(), pages.filled(request.form, "reason"))
            meta, expected = command_meta(), expected_version()
            require_read(ended=[tally_id])
            return _saved(handlers.void_tally(service(), who, meta, tally_id, asked, expected).outcome)
        except CaseledgerError as raised:
            error = raised
    on = state.event.assessed_on
    page = render_template("entry-void.html", on=on, version=len(story), error=error, back=back, coded_only=True)
    return page, error.status if error else 200


def _form(
    who: Identity,
    values: dict[str, Any],
    back: str,
    *,
    error: CaseledgerError | None,
    version: int | None = None,
) -> Page:
    page = render_template(
        "case/tally-form.html",
        values=values,
        back=back,
        instruments=[*AFTERWARDS, *(one for one in INSTRUMENTS if one not in AFTERWARDS)],
        contracts=[*pages.contract_titles(who).items()],
        teams=pages.own_teams(who),
        error=error,
        version=version,
    )
    return page, error.status if error else 200


def _asked(schema: Schema) -> dict[str, Any]:
    """What the form asks for, as the API would have loaded it."""
    form = request.form
    names = ("instrument", "contract_id", "assessed_on", "team_id", "unit_id", "reason", "satisfied_from")
    asked: dict[str, Any] = {name: text for name, text in pages.filled(form, *names).items() if name in schema.fields}
    if scores := form.get("rows", "").split():
        if not all(one.isdecimal() for one in scores):
            raise Invalid("scores_not_numbers", "Write whole numbers with a space between them.", field="rows")
        asked["rows"] = [int(one) for one in scores]
    if totals := pages.filled(form, "totals.satisfied", "totals.not_satisfied"):
        asked["totals"] = {name.removeprefix("totals."): _number(text) for name, text in totals.items()}
    if "satisfied_from" in asked:
        asked["satisfied_from"] = _number(asked["satisfied_from"])
    return load(schema, asked)


def _number(text: str) -> int | str:
    """A whole number as one; anything else is left for the schema to refuse."""
    return int(text) if text.removeprefix("-").isdecimal() else text


def _values(event: QuestionnaireTallied | QuestionnaireTallyCorrected) -> dict[str, Any]:
    """An entry as the form shows it: by its totals, which single scores have become."""
    own = {name: getattr(event, name) for name in ("instrument", "contract_id", "team_id", "unit_id")}
    totals = {f"totals.{name}": count for name, count in event.totals.items()}
    return own | totals | {"assessed_on": event.assessed_on.isoformat()}


def _require_read(would: Counted) -> None:
    """Ask for its effects on reports that were sent to be read before an entry is saved."""
    event = would.state.event
    assert event is not None
    require_read(tallies=[{name: getattr(event, name) for name in _PUBLIC}])


def _saved(outcome: Outcome) -> Page:
    return see_other(f"/case/tallies/{outcome.stream_id}", outcome)
