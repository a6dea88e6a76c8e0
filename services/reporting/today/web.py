"""Home: Today for who records, how the contracts stand for who reads reports."""

from datetime import date
from typing import Any

from flask import Blueprint, render_template
from flask_babel import gettext

from services.reporting.consolidated.queries import one_page
from services.reporting.help.steps import steps_for
from services.reporting.today.domain import MOST_NAMED, arranged
from shared.auth.identity import identity, requires
from shared.auth.roles import LEADERS, RECORDERS, REPORT_READERS
from shared.clock import local_date
from shared.web.asking import ask_each
from shared.web.names import names_of
from shared.web.requests import service
from shared.web.shell import day

home = Blueprint("home", __name__)

CONTRACTS_SHOWN = 5
"""Those that end last; a link leads to the others."""
ASKED = ("case", "groups", "outreach")


@home.get("/")
@requires(*REPORT_READERS)
def today() -> str:
    """Today: what comes next, what needs this person, the caseload; for leaders and funders how contracts stand."""
    who, now = identity(), service().clock.now()
    answers = _answers() if who.role in RECORDERS else {}
    lists = arranged([one for one in answers.values() if one is not None], now)
    return render_template(
        "reporting/today.html",
        lists=lists,
        to_read=sum(answer.get("to_read", 0) for answer in answers.values() if answer),
        shows_lists=bool(lists) or (who.role in RECORDERS and who.role not in LEADERS),
        missing=[name for name, answer in answers.items() if answer is None],
        names=names_of(lists.people()),
        contracts=one_page(service(), who, None, CONTRACTS_SHOWN)
        if who.role not in RECORDERS or who.role in LEADERS
        else None,
        today=local_date(now),
        steps=[] if who.toured else steps_for(who.role),
        most_named=MOST_NAMED,
        near_day=lambda on: _near_day(date.fromisoformat(on), local_date(now)),
    )


def _answers() -> dict[str, dict[str, Any] | None]:
    """What each service says of this person's day; None of one that does not answer."""
    return dict(zip(ASKED, ask_each(*((f"/{name}/api/v1/today", {}) for name in ASKED)), strict=True))


def _near_day(on: date, today: date) -> str:
    """A day of this year without the year, which goes without saying; today by its name."""
    if on == today:
        return str(gettext("Today"))
    year = on.year if on.year == today.year else "-"
    return day(on).replace(f"{year}年", "").removesuffix(f" {year}")
