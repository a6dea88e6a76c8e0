"""The words for accounts, teams and groups on a page; whoever has none there appears by code."""

from collections.abc import Collection

from shared.web.asking import ask
from shared.web.requests import service

_MOST = 50


def account_names(agency_id: str) -> dict[str, str]:
    """The names by which the accounts of an agency are shown."""
    return {account.account_id: account.display_name for account in service().accounts.list_accounts(agency_id)}


def team_names(agency_id: str) -> dict[str, str]:
    """The names of an agency's teams."""
    return {team.team_id: team.name for team in service().accounts.list_teams(agency_id)}


def group_titles(group_ids: Collection[str]) -> dict[str, str]:
    """The titles of these groups, as far as their service answers and this person may see them."""
    wanted = sorted(set(group_ids))[:_MOST]
    answer = ask("/groups/api/v1/groups/search", {"group_ids": wanted, "limit": _MOST}) if wanted else None
    return {one["group_id"]: one["title"] for one in (answer or {}).get("items", [])}
