"""The page of the monthly return, and its files."""

from datetime import timedelta

from flask import Blueprint, Response, render_template, request

from services.reporting.exports.files import as_attachment
from services.reporting.exports.rendering import FORMATS as EXPORTED
from services.reporting.figures.address import query
from services.reporting.figures.who import account_names, team_names
from services.reporting.indicators.definition import Period
from services.reporting.returns.domain import UNASSIGNED, Line
from services.reporting.returns.files import NAMES, TEAM, file_name, line_values, month_name, return_file
from services.reporting.returns.queries import month_of, return_of
from services.reporting.team.access import teams_asked, teams_led
from shared.auth.identity import identity, requires
from shared.auth.roles import LEADERS
from shared.clock import local_date
from shared.web.requests import service

bp = Blueprint("returns", __name__, url_prefix="/team/return")

MONTHS = 24


@bp.get("")
@requires(*LEADERS)
def show() -> str:
    """The month's return of a leader's teams, team by team."""
    who, month, lines = identity(), _month(), _lines()
    return render_template(
        "reporting/return.html",
        month=month,
        months=_months(),
        teams=team_names(who.agency_id),
        own_teams=teams_led(),
        by_team=[
            (team, [line_values(one) for one in lines if one.team_id == team])
            for team in dict.fromkeys(one.team_id for one in lines)
        ],
        names=NAMES,
        whole=TEAM,
        unassigned=UNASSIGNED,
        accounts=account_names(who.agency_id),
        asked=query({"team": request.args.get("team"), "month": month_name(month)}),
    )


@bp.get("/return.csv", defaults={"format_name": "csv"})
@bp.get("/return.xlsx", defaults={"format_name": "xlsx"})
@requires(*LEADERS)
def take(format_name: str) -> Response:
    """The same as CSV by codes, or as a workbook"""
    month = _month()
    made = return_file(_lines(), format_name, month)
    return as_attachment(made, EXPORTED[format_name].media_type, file_name(month, format_name))


def _lines() -> list[Line]:
    return return_of(service(), identity().agency_id, teams_asked(), _month())


def _month() -> Period:
    return month_of(request.args.get("month"), local_date(service().clock.now()))


def _months() -> list[str]:
    """This month and those before it."""
    first, found = local_date(service().clock.now()).replace(day=1), []
    for _ in range(MONTHS):
        found.append(first.isoformat()[:7])
        first = (first - timedelta(days=1)).replace(day=1)
    return found
