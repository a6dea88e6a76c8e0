"""Who may touch what: everybody works for their own teams, an administrator for all teams of the agency."""

from shared.auth.accounts import Accounts
from shared.auth.identity import Identity
from shared.auth.roles import NOTE_READERS
from shared.errors import Forbidden, Invalid


def require_team(who: Identity, team_id: str) -> None:
    """Raise unless this person works for the team; that it exists is no secret within the agency."""
    if not who.sees_team(team_id):
        raise Forbidden("other_team", "This belongs to another team.")


def reads_notes(who: Identity) -> bool:
    """Say whether this person may read notes and assessments of their teams."""
    return who.role in NOTE_READERS


def teams_seen(who: Identity) -> frozenset[str] | None:
    """Return the teams whose entries this person sees; None means all of the agency."""
    return None if who.role == "agency_admin" else who.team_ids


def chosen_team(who: Identity, accounts: Accounts, team_id: str | None) -> str:
    """Return the team named, else this person's only team; raise for one unknown, not chosen, or not theirs."""
    if team_id is None:
        if len(who.team_ids) != 1:
            raise Invalid("required", "Please fill this in.", field="team_id")
        return next(iter(who.team_ids))
    if team_id not in who.team_ids:
        require_known_team(who, accounts, team_id)
    require_team(who, team_id)
    return team_id


def require_known_team(who: Identity, accounts: Accounts, team_id: str) -> None:
    """Raise unless the agency has this team."""
    if team_id not in {team.team_id for team in accounts.list_teams(who.agency_id)}:
        raise Invalid("team_unknown", "There is no such team.", field="team_id")
