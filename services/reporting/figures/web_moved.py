"""The page that says what moved a contract's figures since a day."""

from datetime import date
from typing import Any

from flask import Blueprint, render_template, request

from services.reporting.figures.access import sees_scores
from services.reporting.figures.address import day_of_address, query
from services.reporting.figures.chosen import paged
from services.reporting.figures.language import in_language
from services.reporting.figures.moved import contract_moved
from services.reporting.figures.web_figure import change_url
from services.reporting.figures.who import account_names
from services.reporting.figures.words import measure_name, part_name
from services.reporting.indicators.definition import Outcome
from services.reporting.indicators.since import FigureMoved
from shared.auth.identity import identity, requires
from shared.auth.roles import RECORDERS
from shared.clock import local_date
from shared.web.requests import service

bp = Blueprint("moved", __name__)


@bp.get("/contracts/<contract_id>/moved")
@requires(*RECORDERS)
def show_moved(contract_id: str) -> str:
    """What moved a contract's figures since a day, and by which entries; since the first of this month unless asked."""
    who, today = identity(), local_date(service().clock.now())
    since = day_of_address("since") or today.replace(day=1)
    view = contract_moved(service(), who.agency_id, contract_id, since, sees_scores=sees_scores(who))
    return render_template(
        "reporting/moved.html",
        view=view,
        since=since,
        today=today.isoformat(),
        page=paged(view["entries"], request.args.get("page")),
        page_at=lambda number: _address(since, number),
        accounts=account_names(who.agency_id),
        entry_url=change_url,
        name=_name,
        url=lambda figure: _url(contract_id, figure),
    )


def _address(since: date, number: int) -> str:
    return request.path + query({"since": since.isoformat(), "page": number})


def _name(figure: FigureMoved) -> str:
    """The indicator and the figure of it."""
    above = in_language(figure.of.title, figure.of.id)
    if figure.measure is not None:
        return f"{above} · {measure_name(figure.measure)}"
    assert isinstance(figure.of, Outcome)
    assert figure.part is not None
    return f"{above} · {part_name(figure.part, post_only=figure.of.post_only)}"


def _url(contract_id: str, figure: FigureMoved) -> str:
    own: Any = figure.measure.id if figure.measure is not None else figure.part
    return f"/reporting/contracts/{contract_id}/figures/{figure.of.id}/{own}"
