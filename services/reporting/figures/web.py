"""The pages of figures: a contract, what stands behind a figure, and what a session feeds."""

from datetime import date
from typing import Any

from flask import Blueprint, render_template, request

from services.reporting.contracts.access import require_seen, seen_by
from services.reporting.figures.access import sees_scores
from services.reporting.figures.overview import overview, overviews
from services.reporting.figures.queries import figure_behind, figures_of_unit, parts_of
from services.reporting.figures.reports import Asked
from services.reporting.figures.words import measure_name
from shared.auth.identity import identity, requires
from shared.auth.roles import LEADERS, RECORDERS, REPORT_READERS
from shared.clock import local_date
from shared.errors import Invalid
from shared.web.names import names_of
from shared.web.requests import service

bp = Blueprint("figures", __name__)

SHOWN = 60
ENTRIES = ("recorded", "case_opened", "case_closed")
"""What moves a figure every day; everything else is a change that somebody may ask about."""


@bp.get("/contracts")
@requires(*REPORT_READERS)
def list_contracts() -> str:
    """All contracts that this person may see."""
    who = identity()
    found = overviews(service(), who.agency_id, seen_by(who))
    return render_template("reporting/contracts.html", contracts=found, may_write=who.role in LEADERS)


@bp.get("/contracts/<contract_id>")
@requires(*REPORT_READERS)
def show_contract(contract_id: str) -> str:
    """One contract: a line for every measure, the outcomes, the deliverables."""
    who, asked = identity(), _asked()
    require_seen(who, contract_id)
    view = overview(service(), who.agency_id, contract_id, asked)
    return render_template(
        "reporting/contract.html",
        view=view,
        asked=asked,
        query=_query(asked),
        may_write=who.role in LEADERS,
        may_look_behind=who.role in RECORDERS,
        today=local_date(service().clock.now()).isoformat(),
    )


@bp.get("/contracts/<contract_id>/figures/<indicator>/<measure>")
@requires(*RECORDERS)
def show_figure(contract_id: str, indicator: str, measure: str) -> str:
    """What stands behind one figure."""
    who, asked = identity(), _asked()
    behind = figure_behind(
        service(), who.agency_id, contract_id, indicator, measure, asked, sees_scores=sees_scores(who)
    )
    values, everything = behind.values, "all" in request.args
    sessions = values["sessions"][::-1]
    people = values["people"]
    shown = sessions if everything else sessions[:SHOWN]
    named = people if everything else people[:SHOWN]
    cases = values.get("cases", [])
    changes = [one for one in values["changes"] if one["what"] not in ENTRIES]
    recorded = [one for one in values["changes"] if one["what"] in ENTRIES]
    left_out = _by_reason(values["left_out"])
    unpaired = [one["person_id"] for _, ones in left_out for one in ones[:SHOWN] if "person_id" in one]
    return render_template(
        "reporting/figure.html",
        behind=behind,
        how=behind.how,
        sessions=shown,
        people=named,
        cases=cases if everything else cases[:SHOWN],
        more=not everything and max(map(len, (sessions, people, cases, changes, recorded))) > SHOWN,
        left_out=left_out,
        changes=changes if everything else changes[:SHOWN],
        recorded=recorded if everything else recorded[:SHOWN],
        names=_names([*(one["person_id"] for one in named), *unpaired]),
        part_names=parts_of(behind.outcome) if behind.outcome else (),
        entry_url=change_url,
        accounts=_account_names(who.agency_id),
        query=_query(asked),
        asked=asked,
    )


@bp.get("/units/<unit_id>/figures")
@requires(*RECORDERS)
def show_unit(unit_id: str) -> str:
    """Every figure that one session feeds, and why it does not feed the others of its contracts."""
    figures = figures_of_unit(service(), identity().agency_id, unit_id, measure_name)
    return render_template("reporting/unit.html", unit_id=unit_id, figures=figures, entry_url=entry_url(unit_id))


def change_url(entry_id: str | None) -> str | None:
    """Where one entry that moved a figure is shown: a session with the figures it feeds, a case by its own service."""
    kind = (entry_id or "").split("-", 1)[0]
    if kind == "case":
        return f"/case/cases/{entry_id}"
    return f"/reporting/units/{entry_id}/figures" if kind in ("session", "meeting", "visit") else None


def entry_url(unit_id: str) -> str:
    """Where a session, meeting or visit is shown by the service that recorded it."""
    service_of = {"session": "/case/sessions", "meeting": "/groups/meetings", "visit": "/outreach/visits"}
    return f"{service_of.get(unit_id.split('-', 1)[0], '/case/sessions')}/{unit_id}"


def _asked() -> Asked:
    """Which report the address asks for; an unreadable date is said, not guessed."""
    given, cut = request.args.get("as_of"), request.args.get("cut") or None
    try:
        as_of = date.fromisoformat(given) if given else None
    except ValueError as error:
        raise Invalid("not_a_date", "Give a date here, such as 2021-05-28.", field="as_of") from error
    return Asked(as_of=as_of, cut=cut)


def _query(asked: Asked) -> str:
    """The part of an address that asks for the same day or cut again."""
    if asked.as_of is not None:
        return f"?as_of={asked.as_of.isoformat()}"
    return f"?cut={asked.cut}" if asked.cut else ""


def _by_reason(left_out: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """What is left out, by reason, the reasons of the fewest first: those are the ones worth a look."""
    reasons: dict[str, list[dict[str, Any]]] = {}
    for one in left_out:
        reasons.setdefault(one["why"], []).append(one)
    return sorted(reasons.items(), key=lambda pair: len(pair[1]))


def _names(person_ids: list[str]) -> dict[str, str]:
    """Names of service users, for those who may see them; contacts and practitioners appear by code."""
    return names_of([one for one in person_ids if one.startswith("person-")])


def _account_names(agency_id: str) -> dict[str, str]:
    return {account.account_id: account.display_name for account in service().accounts.list_accounts(agency_id)}
