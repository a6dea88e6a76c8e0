"""Which teams a leader's page is about."""

from flask import request

from shared.auth.identity import identity
from shared.auth.teams import require_known_team, require_team
from shared.web.requests import service


def teams_led() -> list[str]:
    """The teams that this leader leads; an administrator has all of the agency."""
    who = identity()
    return [team.team_id for team in service().accounts.list_teams(who.agency_id) if who.sees_team(team.team_id)]


def teams_asked() -> list[str]:
    """The team that the address names, else all that this leader leads; raises for another's team."""
    who, asked = identity(), request.args.get("team") or None
    if asked is None:
        return teams_led()
    require_known_team(who, service().accounts, asked)
    require_team(who, asked)
    return [asked]
