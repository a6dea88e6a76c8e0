"""The pages of data quality, of a contract and of a leader's teams: a line a rule, and what each has found."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, render_template, request

from services.reporting.contracts.queries import contract_at
from services.reporting.exports.files import as_attachment
from services.reporting.figures.address import query
from services.reporting.figures.chosen import paged
from services.reporting.figures.csvtext import csv_of
from services.reporting.figures.who import account_names, team_names
from services.reporting.indicators.definition import Period
from services.reporting.quality.domain import OWNERS, Finding
from services.reporting.quality.queries import Quality, quality_of_contract, quality_of_teams
from services.reporting.quality.words import address_of
from services.reporting.submissions.queries import period_ending, periods_at
from services.reporting.team.access import teams_asked, teams_led
from shared.auth.identity import identity, requires
from shared.auth.roles import LEADERS, RECORDERS
from shared.clock import local_date
from shared.errors import NotFound
from shared.web.names import names_of
from shared.web.requests import service

bp = Blueprint("quality", __name__)

LOOKED_BACK = timedelta(days=365)
KEPT = ("period", "team", "rule", "page")
COLUMNS = ("rule", "about", "other", "on", "team", "workers", "address")


@bp.get("/contracts/<contract_id>/quality")
@requires(*RECORDERS)
def show_contract(contract_id: str) -> str:
    """What is doubtful or missing under one contract, or in one of its reporting periods."""
    who, period = identity(), _period_asked(contract_id)
    with service().database.read() as connection:
        found = contract_at(service().store, connection, who.agency_id, contract_id)
    quality = quality_of_contract(service(), who.agency_id, contract_id, period)
    return _page(quality, found=found, period=period)


@bp.get("/contracts/<contract_id>/quality.csv")
@requires(*RECORDERS)
def take_contract(contract_id: str) -> Response:
    """What one rule, or every rule, has found under a contract, as CSV by codes"""
    quality = quality_of_contract(service(), identity().agency_id, contract_id, _period_asked(contract_id))
    return _file(quality, contract_id)


@bp.get("/team/quality")
@requires(*LEADERS)
def show_teams() -> str:
    """What is doubtful or missing in the work of a leader's teams in the last twelve months."""
    period = _year()
    return _page(quality_of_teams(service(), identity().agency_id, teams_asked(), period), found=None, period=period)


@bp.get("/team/quality.csv")
@requires(*LEADERS)
def take_teams() -> Response:
    """The same of a leader's teams as CSV by codes"""
    return _file(quality_of_teams(service(), identity().agency_id, teams_asked(), _year()), "team")


def _page(quality: Quality, **more: Any) -> str:
    rule = _rule_asked()
    page = paged(quality.found.get(rule, []) if rule else [], request.args.get("page"))
    people = [one for line in page.rows for one in (line.about, line.other) if one and one.startswith("person-")]
    who = identity()
    return render_template(
        "reporting/quality.html",
        quality=quality,
        owners=OWNERS,
        rule=rule,
        page=page,
        names=names_of(people),
        accounts=account_names(who.agency_id),
        teams=team_names(who.agency_id),
        own_teams=teams_led(),
        here=here,
        place_of=_place_of,
        **more,
    )


def _place_of(finding: Finding) -> str:
    """Where it is put right; people are merged by leaders alone."""
    address = address_of(finding)
    return address if identity().role in LEADERS else address.removesuffix("/merge")


def _file(quality: Quality, name: str) -> Response:
    rule = _rule_asked()
    rows = (_row(one) for found, own in quality.found.items() if rule in (None, found) for one in own)
    content = csv_of(COLUMNS, rows)
    return as_attachment(content.encode(), "text/csv; charset=utf-8", f"{name}-quality{f'-{rule}' if rule else ''}.csv")


def _row(one: Finding) -> tuple[object, ...]:
    return one.rule, one.about, one.other, one.on, one.team_id, " ".join(one.workers), address_of(one)


def here(name: str = "", **changes: object) -> str:
    """The address of this page with something changed in it, or of what can be taken away."""
    kept = {one: request.args.get(one) for one in KEPT}
    return f"{request.path}{name}{query({**kept, **changes})}"


def _rule_asked() -> str | None:
    rule = request.args.get("rule") or None
    if rule is not None and rule not in OWNERS:
        raise NotFound("rule_not_found", "There is no such rule.")
    return rule


def _period_asked(contract_id: str) -> Period | None:
    last_day = request.args.get("period")
    if not last_day:
        return None
    with service().database.read() as connection:
        found = contract_at(service().store, connection, identity().agency_id, contract_id)
        return period_ending(periods_at(service().store, connection, found), last_day).period


def _year() -> Period:
    """The last twelve months."""
    today = local_date(service().clock.now())
    return Period(first=today - LOOKED_BACK, last=today)
