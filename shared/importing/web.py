"""The pages of imports, the same in every recording service: send a file, name its columns, look, accept."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, abort, flash, render_template, request
from flask_babel import gettext

from shared.auth.identity import Identity, identity, requires
from shared.auth.roles import NOTE_READERS
from shared.auth.teams import teams_seen
from shared.errors import CaseledgerError, Invalid
from shared.importing import jobs, verdicts
from shared.importing.api import found, kind_of, template_of
from shared.importing.cells import folded
from shared.importing.kinds import Kind
from shared.importing.packages import LARGEST_FILE
from shared.importing.working import work_on
from shared.web.bodies import takes_file
from shared.web.navigation import IMPORTS
from shared.web.requests import correlation_id, see_other, service

_PAGE = 50
_LONGEST_CHOICE = 20_000


def importing_pages(kinds: Mapping[str, Kind], base: str) -> Blueprint:
    """The pages for the `kinds` of a service, which lie at `base`."""
    bp = Blueprint("imports", __name__, url_prefix="/imports")
    bp.record(lambda setup: jobs.forget_old(setup.app.extensions["caseledger"]))
    _add_files(bp, kinds, base)
    _add_columns(bp, kinds, base)
    _add_work(bp, kinds, base)
    return bp


def _add_files(bp: Blueprint, kinds: Mapping[str, Kind], base: str) -> None:
    """Templates, sending a file, and how far its import is."""

    @bp.get("")
    @requires(*NOTE_READERS)
    def overview() -> str:
        """Templates, the form that takes a file, and one's latest imports."""
        return _overview(kinds, base)

    @bp.post("")
    @requires(*NOTE_READERS)
    @takes_file(LARGEST_FILE)
    def take_in() -> Any:
        """Take a file in."""
        file = request.files.get("file")
        try:
            kind = kind_of(kinds, request.form.get("kind", ""))
            data = file.stream.read() if file is not None else b""
            if not data:
                raise Invalid("file_missing", "Choose a file.", field="file")
            import_id = jobs.take_in(service(), identity(), kind, data, request.form.get("team_id") or None)
        except CaseledgerError as error:
            return _overview(kinds, base, error), error.status
        return see_other(f"{base}/{import_id}")

    @bp.get("/templates/<kind>.<shape>")
    @requires(*NOTE_READERS)
    def template(kind: str, shape: str) -> Response:
        """A template to fill in."""
        return template_of(kind_of(kinds, kind), shape)

    @bp.get("/<import_id>")
    @requires(*NOTE_READERS)
    def show(import_id: str) -> str:
        """How far an import is, what it found, and what there is to decide."""
        return _import_page(kinds, base, import_id)


def _add_columns(bp: Blueprint, kinds: Mapping[str, Kind], base: str) -> None:
    """Which column is which."""

    @bp.get("/<import_id>/columns")
    @requires(*NOTE_READERS)
    def columns(import_id: str) -> str:
        """Which column was taken for which."""
        return _columns_page(kinds, base, import_id)

    @bp.post("/<import_id>/columns")
    @requires(*NOTE_READERS)
    def choose_columns(import_id: str) -> Any:
        """Say which column is which."""
        _, kind = found(kinds, import_id)
        chosen = {one.name: request.form.get(one.name, "") for one in kind.columns}
        mapping = {name: int(place) for name, place in chosen.items() if place.isdecimal()}
        try:
            jobs.choose_columns(service(), identity(), kind, import_id, mapping)
        except CaseledgerError as error:
            return _columns_page(kinds, base, import_id, error), error.status
        return see_other(f"{base}/{import_id}")


def _add_work(bp: Blueprint, kinds: Mapping[str, Kind], base: str) -> None:
    """What moves an import on, and forgetting it."""

    @bp.post("/<import_id>/step")
    @requires(*NOTE_READERS)
    def step(import_id: str) -> Any:
        """Go on for a moment."""
        _, kind = found(kinds, import_id)
        work_on(service(), identity(), kind, import_id, correlation_id())
        return see_other(f"{base}/{import_id}")

    @bp.post("/<import_id>/accept")
    @requires(*NOTE_READERS)
    def accept(import_id: str) -> Any:
        """Accept all that is ready, or the rows that were named."""
        form = request.form
        try:
            named = form.get("rows", "").strip()
            jobs.accept(
                service(),
                identity(),
                import_id,
                rows=numbers_of(named) if named else None,
                doubtful="doubtful" in form,
                override="override" in form,
            )
        except CaseledgerError as error:
            return _import_page(kinds, base, import_id, error), error.status
        return see_other(f"{base}/{import_id}")

    @bp.post("/<import_id>/drop")
    @requires(*NOTE_READERS)
    def drop(import_id: str) -> Any:
        """Forget a file at once."""
        jobs.drop(service(), identity(), import_id)
        flash(gettext("The file is forgotten, and nothing more of it is saved."))
        return see_other(base)


def numbers_of(text: str) -> list[int]:
    """The row numbers that were typed: single ones and ranges, such as `2-40, 57`."""
    numbers: list[int] = []
    for part in text.replace("、", ",").replace("–", "-").split(","):
        first, _, last = part.strip().partition("-")
        if not first.isdecimal() or not (last or first).isdecimal() or len(last or first) > 6:
            raise Invalid("rows_unclear", "Write row numbers like 2-40, 57.", field="rows")
        numbers += range(int(first), int(last or first) + 1)
        if len(numbers) > _LONGEST_CHOICE:
            raise Invalid("rows_unclear", "Write row numbers like 2-40, 57.", field="rows")
    return numbers


def _overview(kinds: Mapping[str, Kind], base: str, error: CaseledgerError | None = None) -> str:
    who = identity()
    mine = jobs.latest(service(), who, list(kinds))
    return render_template(
        "imports.html",
        base=base,
        sources=IMPORTS,
        kinds=[(kind.name, verdicts.labelled(kind.label)) for kind in kinds.values()],
        columns={kind.name: [verdicts.labelled(one.label) for one in kind.columns] for kind in kinds.values()},
        teams=_teams(who),
        jobs=[_listed(job, kinds, base) for job in mine],
        values=request.form,
        error=error,
    )


def _teams(who: Identity) -> list[tuple[str, str]]:
    seen = teams_seen(who)
    return [
        (team.team_id, team.name)
        for team in service().accounts.list_teams(who.agency_id)
        if seen is None or team.team_id in seen
    ]


def _listed(job: jobs.Job, kinds: Mapping[str, Kind], base: str) -> dict[str, Any]:
    return {
        "when": jobs.taken_in_at(job),
        "kind": verdicts.labelled(kinds[job.kind].label),
        "state": state_word(job.state),
        "total": job.total,
        "saved": sum(job.counts.get(one, 0) for one in ("added", "corrected")),
        "bad": job.bad,
        "href": f"{base}/{job.import_id}",
    }


def state_word(state: str) -> str:
    """What an import waits for, in a few words."""
    words = {
        "columns": gettext("Columns to be named"),
        "reading": gettext("Being checked"),
        "checking": gettext("Being checked"),
        "checked": gettext("Waits for you"),
        "accepting": gettext("Being saved"),
        "done": gettext("Saved"),
        "gone": gettext("Forgotten"),
    }
    return str(words[state])


def _columns_page(kinds: Mapping[str, Kind], base: str, import_id: str, error: CaseledgerError | None = None) -> str:
    job, kind = found(kinds, import_id)
    shown = [(str(place), heading) for place, heading in enumerate(job.headings) if folded(heading)]
    mapping = {name: str(place) for name, place in job.mapping.items()}
    if request.method == "POST":
        mapping = {one.name: request.form.get(one.name, "") for one in kind.columns}
    return render_template(
        "import-columns.html",
        base=base,
        job=job,
        kind=verdicts.labelled(kind.label),
        columns=[(one, verdicts.labelled(one.label)) for one in kind.columns],
        headings=shown,
        mapping=mapping,
        error=error,
    )


def _import_page(kinds: Mapping[str, Kind], base: str, import_id: str, error: CaseledgerError | None = None) -> str:
    job, kind = found(kinds, import_id)
    if job.state == "columns":
        return _columns_page(kinds, base, import_id, error)
    chosen = request.args.get("show") or next((one for one in ("bad", "doubt") if job.counts.get(one)), "")
    if chosen and chosen not in verdicts.JUDGED:
        abort(404)
    after = request.args.get("after", "0")
    rows: list[dict[str, Any]] = []
    if not job.running:
        with service().database.read() as connection:
            rows = verdicts.rows_of(
                connection,
                service(),
                kind,
                job,
                states=[chosen] if chosen else verdicts.JUDGED,
                after=int(after) if after.isdecimal() else 0,
                limit=_PAGE,
            )
    here = f"{base}/{import_id}"
    places = [
        {"url": f"{here}?show={state}", "label": f"{verdicts.WORDS[state]} {job.counts[state]:,}"}
        for state in verdicts.JUDGED
        if job.counts.get(state)
    ]
    return render_template(
        "import.html",
        base=base,
        job=job,
        kind=verdicts.labelled(kind.label),
        state=state_word(job.state),
        ready=sum(job.counts.get(one, 0) for one in jobs.READY),
        words=verdicts.WORDS,
        sources=IMPORTS,
        verdicts=places,
        verdict=f"{here}?show={chosen}",
        columns=_columns(chosen),
        rows=[_shown(row) for row in rows],
        more=f"{here}?show={chosen}&after={rows[-1]['row']}" if len(rows) == _PAGE else None,
        first=here if after not in ("", "0") else None,
        error=error,
    )


def _columns(chosen: str) -> list[tuple[str, str, str]]:
    """The columns of the list; the verdict need not be said again where it is the same in all rows."""
    verdict = [] if chosen else [("verdict", gettext("Verdict"), "text")]
    return [("row", gettext("Row"), "text"), *verdict, ("reasons", gettext("Why, and what would be right"), "text")]


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    reasons = [
        gettext("%(column)s: %(reason)s", column=one["label"], reason=one["message"])
        if one["label"]
        else one["message"]
        for one in row["reasons"]
    ]
    return {
        "row": gettext("Row %(number)s", number=row["row"]),
        "verdict": verdicts.WORDS[row["verdict"]],
        "reasons": " ".join(reasons),
    }
