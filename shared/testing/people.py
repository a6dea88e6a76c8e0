"""Accounts of every role in two agencies, and test clients signed in as them."""

from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from shared.auth.accounts import Accounts

PASSWORD = "a quiet paper diary"  # noqa: S105 (for tests only)
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}

AGENCY, OTHER_AGENCY = "agency-one", "agency-two"
TEAM, OTHER_TEAM, FOREIGN_TEAM = "team-west", "team-east", "team-foreign"

# user name: agency, role, teams, contracts
ACCOUNTS: dict[str, tuple[str, str, tuple[str, ...], tuple[str, ...]]] = {
    "assistant": (AGENCY, "assistant", (TEAM,), ()),
    "worker": (AGENCY, "worker", (TEAM,), ()),
    "worker-east": (AGENCY, "worker", (OTHER_TEAM,), ()),
    "leader": (AGENCY, "team_leader", (TEAM,), ()),
    "admin": (AGENCY, "agency_admin", (), ()),
    "funder": (AGENCY, "funder", (), ("contract-agency-one-kachi-2",)),
    "foreign-worker": (OTHER_AGENCY, "worker", (FOREIGN_TEAM,), ()),
    "foreign-leader": (OTHER_AGENCY, "team_leader", (FOREIGN_TEAM,), ()),
    "foreign-admin": (OTHER_AGENCY, "agency_admin", (), ()),
}


def create_people(accounts: Accounts) -> None:
    """Create two agencies, three teams and all of `ACCOUNTS`, each with `PASSWORD` and the id `account-<user name>`."""
    accounts.create_agency("家和會", agency_id=AGENCY)
    accounts.create_agency("Harbour Trust", agency_id=OTHER_AGENCY)
    accounts.create_team(AGENCY, "西九龍隊", team_id=TEAM)
    accounts.create_team(AGENCY, "東九龍隊", team_id=OTHER_TEAM)
    accounts.create_team(OTHER_AGENCY, "Harbour team", team_id=FOREIGN_TEAM)
    for username, (agency_id, role, team_ids, contract_ids) in ACCOUNTS.items():
        accounts.create_account(
            agency_id,
            username=username,
            password=PASSWORD,
            display_name=username.replace("-", " ").capitalize(),
            role=role,
            team_ids=team_ids,
            contract_ids=contract_ids,
            account_id=f"account-{username}",
        )


def api_client(app: Flask, accounts: Accounts, username: str) -> FlaskClient:
    """Return a client that sends the person's Bearer token."""
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {accounts.sign_in(username, PASSWORD).token}"
    return client


def page_client(app: Flask, accounts: Accounts, username: str, **headers: Any) -> FlaskClient:
    """Return a client that acts as the person's browser: with the cookie, on our own pages."""
    client = app.test_client()
    client.set_cookie("caseledger", accounts.sign_in(username, PASSWORD).token)
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    for name, value in headers.items():
        client.environ_base[f"HTTP_{name.upper()}"] = value
    return client
