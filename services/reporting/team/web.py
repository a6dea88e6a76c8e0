"""The page of a team: workload and caseload by worker, entry delay, what is not recorded yet, falling groups."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from functools import partial
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext, lazy_gettext

from services.reporting.exports.cells import Row, Sheet
from services.reporting.exports.files import as_attachment
from services.reporting.exports.rendering import FORMATS
from services.reporting.exports.workbook import xlsx_of
from services.reporting.figures.address import query
from services.reporting.figures.chosen import in_order, paged
from services.reporting.figures.csvtext import csv_of
from services.reporting.figures.who import account_names, group_titles, team_names
from services.reporting.indicators.rounding import half_up, plain
from services.reporting.team.access import teams_asked, teams_led
from services.reporting.team.domain import Work, by_worker, falling, work
from services.reporting.team.queries import occasions
from shared.auth.identity import Identity, identity, requires
from shared.auth.roles import LEADERS, RECORDERS
from shared.clock import HONG_KONG, local_date
from shared.errors import Invalid
from shared.web.asking import ask, ask_each
from shared.web.requests import service

bp = Blueprint("team", __name__, url_prefix="/team")

Values = dict[str, Any]
ASKED = ("case", "groups", "outreach")
MONTHS = 12
LATELY = timedelta(days=60)
"""A group that has not met for so long is not said to fall."""
LOOKED_BACK = timedelta(days=365)
COLUMNS = ("sessions", "meetings", "visits", "attendances", "hours", "cases", "delay", "late")

_NAMES = {
    "sessions": lazy_gettext("Sessions"),
    "meetings": lazy_gettext("Meetings"),
    "visits": lazy_gettext("Visits"),
    "attendances": lazy_gettext("Attendances"),
    "hours": lazy_gettext("Hours"),
    "cases": lazy_gettext("Open cases"),
    "delay": lazy_gettext("Days to the record"),
    "late": lazy_gettext("Over 7 days"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """Which teams, and which month, the address asks for."""

    team: str | None
    team_ids: tuple[str, ...]
    first: date
    last: date

    @property
    def month(self) -> str:
        return self.first.isoformat()[:7]


@bp.get("")
@requires(*LEADERS)
def show_team() -> str:
    """The work of a leader's teams in one month, what is not recorded yet, and groups with falling attendance."""
    who, shown, today = identity(), _shown(), local_date(service().clock.now())
    answers = dict(zip(ASKED, ask_each(*((f"/{name}/api/v1/today/team", {}) for name in ASKED)), strict=True))
    with service().database.read() as connection:
        meetings = occasions(connection, who.agency_id, shown.team_ids, today - LOOKED_BACK, today, of_groups=True)
    falls = [one for one in falling(meetings) if one.last_on >= today - LATELY]
    total, workers, unassigned = _work(who, shown, answers["case"])
    late = [
        one for name in ASKED for one in (answers[name] or {}).get("overdue", []) if one["team_id"] in shown.team_ids
    ]
    return render_template(
        "reporting/team.html",
        shown=shown,
        total=total,
        workers=workers,
        unassigned=unassigned,
        sorts=_sorts(),
        overdue=paged(sorted(late, key=lambda one: one["on"]), request.args.get("page")),
        falling=falls,
        groups=group_titles([one.group_id for one in falls]),
        teams=team_names(who.agency_id),
        own_teams=teams_led(),
        accounts=account_names(who.agency_id),
        months=[one.isoformat()[:7] for one in _months(today)],
        missing=[name for name, answer in answers.items() if answer is None],
        here=_here,
        average=lambda value: plain(Fraction(half_up(value, 1))),
    )


@bp.get("/workload.csv")
@requires(*LEADERS)
def take_away() -> Response:
    """The workload of one month as CSV: workers by the ids of their accounts, the team once for all"""
    shown = _shown()
    content = csv_of(("worker", *COLUMNS), _rows(shown))
    return as_attachment(content.encode(), "text/csv; charset=utf-8", f"workload-{shown.month}.csv")


@bp.get("/workload.xlsx")
@requires(*LEADERS)
def take_workbook() -> Response:
    """The same as a workbook, with headings in the reader's language"""
    shown = _shown()
    title = f"{gettext('Workload')} {shown.month}"
    names = (gettext("Staff"), *(str(_NAMES[name]) for name in COLUMNS))
    rows = [Row("head", names), *(Row("text", row) for row in _rows(shown))]
    sheet = Sheet(title, (36, *(12 for _ in COLUMNS)), rows, head=1, right=range(1, len(names)))
    made = datetime.combine(shown.last, time(), tzinfo=HONG_KONG)
    return as_attachment(
        xlsx_of([sheet], title=title, made=made), FORMATS["xlsx"].media_type, f"workload-{shown.month}.xlsx"
    )


def _rows(shown: Shown) -> list[list[Any]]:
    """Each worker's line by the id of the account, and the team's."""
    total, workers, _ = _work(identity(), shown, ask("/case/api/v1/today/team", {}))
    return [[one["worker"], *(one[name] for name in COLUMNS)] for one in (*workers, {"worker": "all", **total})]


def _work(who: Identity, shown: Shown, answer: Mapping[str, Any] | None) -> tuple[Values, list[Values], int]:
    """The whole of the teams, each occasion once; each worker's, in the order asked for; and the cases of nobody."""
    with service().database.read() as connection:
        given = occasions(connection, who.agency_id, shown.team_ids, shown.first, shown.last)
    cases = _cases(shown, answer)
    everybody = by_worker(given, {*_members(who, shown.team_ids), *(one for one in cases or {} if one)})
    rows = [{"worker": one, **_row(theirs, None if cases is None else cases[one])} for one, theirs in everybody.items()]
    total = _row(work(given), None if cases is None else cases.total())
    names = account_names(who.agency_id)
    keys: dict[str, Callable[[Values], Any]] = {name: partial(_number, name) for name in COLUMNS}
    keys["worker"] = lambda row: names.get(row["worker"], f"~{row['worker']}")
    return total, in_order(rows, request.args.get("sort"), keys, "worker"), (cases or Counter())[None]


def _number(name: str, row: Values) -> float:
    return row[name] or 0


def _row(theirs: Work, cases: int | None) -> Values:
    percent = theirs.late_percent
    return {
        "sessions": theirs.sessions,
        "meetings": theirs.meetings,
        "visits": theirs.visits,
        "attendances": theirs.attendances,
        "hours": plain(Fraction(theirs.minutes, 60)),
        "cases": cases,
        "delay": None if theirs.delay is None else plain(Fraction(theirs.delay)),
        "late": None if percent is None else round(percent),
    }


def _cases(shown: Shown, answer: Mapping[str, Any] | None) -> Counter[str | None] | None:
    """How many open cases each worker has in these teams; None while the case service does not answer."""
    if answer is None:
        return None
    counts: Counter[str | None] = Counter()
    for one in answer["cases"]:
        if one["team_id"] in shown.team_ids:
            counts[one["worker_id"]] += one["cases"]
    return counts


def _members(who: Identity, team_ids: Iterable[str]) -> set[str]:
    """Everybody of these teams who records."""
    teams = set(team_ids)
    return {
        one.account_id
        for one in service().accounts.list_accounts(who.agency_id)
        if one.role in RECORDERS and not one.disabled and teams.intersection(one.team_ids)
    }


def _shown() -> Shown:
    first = _month_asked(local_date(service().clock.now()))
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return Shown(request.args.get("team") or None, tuple(teams_asked()), first, last)


def _month_asked(today: date) -> date:
    """The first day of the month that the address names, else of this one."""
    given = request.args.get("month")
    try:
        return date.fromisoformat(f"{given}-01") if given else today.replace(day=1)
    except ValueError as error:
        raise Invalid("not_a_date", "Give a date here, such as 2021-05-28.", field="month") from error


def _months(today: date) -> Iterable[date]:
    """The first days of the last months, this one first."""
    month = today.replace(day=1)
    for _ in range(MONTHS):
        yield month
        month = (month - timedelta(days=1)).replace(day=1)


def _here(name: str = "", **changes: object) -> str:
    """The address of this page with something changed in it, or of what can be taken away."""
    kept = {one: request.args.get(one) for one in ("team", "month", "sort", "page")}
    return f"{request.path}{name}{query({**kept, **changes})}"


def _sorts() -> dict[str, Values]:
    """Where the heading of each column leads; numbers begin with the highest."""
    now = request.args.get("sort") or "worker"
    found = {}
    for key in ("worker", *COLUMNS):
        usual, turned = (key, f"-{key}") if key == "worker" else (f"-{key}", key)
        state = ("descending" if now.startswith("-") else "ascending") if now.lstrip("-") == key else ""
        found[key] = {"url": _here(sort=turned if now == usual else usual), "state": state}
    return found
