"""Who may touch what, and under which id and version."""

from shared.auth.accounts import Accounts
from shared.auth.identity import Identity
from shared.errors import Forbidden, Invalid, NotFound, StaleVersion
from shared.ids import is_id, new_id


def require_team(who: Identity, team_id: str) -> None:
    """Raise unless this person works for the team."""
    if not who.sees_team(team_id):
        raise Forbidden("other_team", "This belongs to another team.")


def chosen_team(who: Identity, accounts: Accounts, team_id: str | None) -> str:
    """The team named, else this person's only team; raises for a team unknown, not chosen, or not theirs."""
    if team_id is None:
        if len(who.team_ids) != 1:
            raise Invalid("required", "Please fill this in.", field="team_id")
        return next(iter(who.team_ids))
    if team_id not in who.team_ids and team_id not in {team.team_id for team in accounts.list_teams(who.agency_id)}:
        raise Invalid("team_unknown", "There is no such team.", field="team_id")
    require_team(who, team_id)
    return team_id


def teams_seen(who: Identity) -> frozenset[str] | None:
    """The teams whose entries this person sees; None means all of the agency."""
    return None if who.role == "agency_admin" else who.team_ids


def chosen_id(chosen: str | None, prefix: str) -> str:
    """The id the client has chosen, or a new one."""
    if chosen is None:
        return new_id(prefix)
    if not is_id(chosen, prefix):
        raise Invalid("id_malformed", "An id here begins with “%(prefix)s-”.", field="id", prefix=prefix)
    return chosen


def require_stream(stream_id: str, prefix: str) -> None:
    """Raise `NotFound` for an id that cannot be of this kind: an address names a visit, or a contact, never another."""
    if not is_id(stream_id, prefix):
        raise NotFound("not_found", "There is nothing here that you may see.")


def require_version(stream_id: str, version: int, expected: int) -> None:
    """Raise `StaleVersion` before any rule is asked: who has not read the newest version cannot judge by it."""
    if version != expected:
        raise StaleVersion(stream_id, expected)
