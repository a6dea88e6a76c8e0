"""The page of tokens for feeds: who may send what until when; a new one is shown once."""

from typing import Any

from flask import Blueprint, flash, render_template, request
from flask_babel import get_locale, gettext

from shared.auth.identity import identity, requires
from shared.auth.roles import LEADERS
from shared.auth.teams import teams_seen
from shared.auth.tokens import Issued, Token
from shared.errors import CaseledgerError, Invalid
from shared.serviceunit.codes import FEEDS, label
from shared.web.requests import see_other, service

bp = Blueprint("feeds", __name__, url_prefix="/feeds", template_folder="templates")
DAYS = [(days, days) for days in ("30", "90", "180", "365")]


@bp.get("")
@requires(*LEADERS)
def overview() -> str:
    """Show the tokens of one's teams, and the form for a new one."""
    return _page()


@bp.post("")
@requires(*LEADERS)
def issue() -> Any:
    """Make a token; its secret stands on this answer and nowhere else."""
    form = request.form
    kinds = [one for one in form.getlist("kinds") if one in FEEDS]
    days = form.get("days", "")
    try:
        if not days.isdecimal():
            raise Invalid("not_a_whole_number", "Give a whole number here.", field="days")
        issued = service().accounts.tokens.issue(
            identity(), label=form.get("label", ""), team_id=form.get("team_id", ""), kinds=kinds, days=int(days)
        )
    except CaseledgerError as error:
        return _page(error=error), error.status
    return _page(issued=issued)


@bp.post("/<token_id>/revoke")
@requires(*LEADERS)
def revoke(token_id: str) -> Any:
    """End a token at once."""
    service().accounts.tokens.revoke(identity(), token_id)
    flash(gettext("The token has ended."))
    return see_other("/feeds")


def _page(issued: Issued | None = None, error: CaseledgerError | None = None) -> str:
    who, accounts, locale = identity(), service().accounts, str(get_locale())
    teams, seen = accounts.list_teams(who.agency_id), teams_seen(who)
    names = {one.account_id: one.display_name for one in accounts.list_accounts(who.agency_id)}
    team_names = {team.team_id: team.name for team in teams}
    return render_template(
        "auth/feeds.html",
        tokens=[_shown(one, names, team_names, locale) for one in accounts.tokens.list(who)],
        kinds=[(code, label("feed", code, locale)) for code in FEEDS],
        teams=[(team.team_id, team.name) for team in teams if seen is None or team.team_id in seen],
        days=DAYS,
        values=request.form if error is not None else {},
        chosen=request.form.getlist("kinds") if error is not None else [],
        issued=issued,
        error=error,
    )


def _shown(token: Token, names: dict[str, str], teams: dict[str, str], locale: str) -> dict[str, Any]:
    if token.good:
        state = gettext("In use") if token.last_used_at else gettext("Not used yet")
    else:
        state = gettext("Revoked") if token.revoked_at else gettext("Over")
    return {
        "token_id": token.token_id,
        "label": token.label,
        "team": teams.get(token.team_id, token.team_id),
        "kinds": [label("feed", one, locale) for one in token.kinds],
        "by": names.get(token.account_id, "–"),
        "expires_at": token.expires_at,
        "last_used_at": token.last_used_at,
        "good": token.good,
        "state": state,
    }
