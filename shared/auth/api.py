"""Sign-in, teams and accounts over HTTP; mounted at `/api/v1` by the service that owns `/`."""

from dataclasses import asdict
from typing import Any

from flask import g
from flask_smorest import Blueprint

from shared.auth.accounts import Account, Founding
from shared.auth.identity import Identity, identity, public, requires
from shared.auth.leaving import close_account
from shared.auth.records import AccountChange
from shared.auth.roles import ADMINS, EVERYONE, LEADERS
from shared.auth.schemas import (
    AccountChangeSchema,
    AccountSchema,
    AccountsSchema,
    AgencySchema,
    DemoClockSchema,
    FunderSchema,
    IssuedSchema,
    MeSchema,
    NewAgencySchema,
    NewTokenSchema,
    PasswordSchema,
    SignedInSchema,
    SignInSchema,
    TeamSchema,
    TeamsSchema,
    TemporaryPasswordSchema,
    TokensSchema,
)
from shared.auth.setup_code import check_setup_code
from shared.auth.tokens import Issued
from shared.clock import DemoClock
from shared.errors import NotFound
from shared.web.requests import service

bp = Blueprint("accounts_api", __name__, description="Sign-in, teams and accounts")


@bp.post("/sessions")
@public
@bp.arguments(SignInSchema)
@bp.response(201, SignedInSchema)
def sign_in(body: dict[str, str]) -> dict[str, Any]:
    """Sign in"""
    signed_in = service().accounts.sign_in(body["username"], body["password"])
    return {"token": signed_in.token, "expires_at": signed_in.expires_at, "account": _me(signed_in.identity)}


@bp.delete("/sessions/current")
@requires(*EVERYONE)
@bp.response(204)
def sign_out() -> None:
    """Sign out"""
    service().accounts.sign_out(g.token)


@bp.get("/me")
@requires(*EVERYONE)
@bp.response(200, MeSchema)
def me() -> dict[str, Any]:
    """Who is signed in"""
    return _me(identity())


def _me(who: Identity) -> dict[str, Any]:
    return asdict(who) | {"team_ids": sorted(who.team_ids), "contract_ids": sorted(who.contract_ids)}


@bp.get("/teams")
@requires(*EVERYONE)
@bp.response(200, TeamsSchema)
def list_teams() -> dict[str, Any]:
    """The teams of the agency"""
    return {"items": service().accounts.list_teams(identity().agency_id), "next": None}


@bp.post("/teams")
@requires(*ADMINS)
@bp.arguments(TeamSchema)
@bp.response(201, TeamSchema)
def create_team(body: dict[str, str]) -> dict[str, str]:
    """Create a team"""
    team_id = service().accounts.create_team(identity().agency_id, body["name"], team_id=body.get("id"))
    return {"team_id": team_id, "name": body["name"]}


@bp.get("/accounts")
@requires(*ADMINS)
@bp.response(200, AccountsSchema)
def list_accounts() -> dict[str, Any]:
    """The accounts of the agency"""
    return {"items": service().accounts.list_accounts(identity().agency_id), "next": None}


@bp.post("/accounts")
@requires(*ADMINS)
@bp.arguments(AccountSchema)
@bp.response(201, AccountSchema)
def create_account(body: dict[str, Any]) -> dict[str, Any]:
    """Create an account"""
    account_id = service().accounts.create_account(identity().agency_id, account_id=body.pop("id", None), **body)
    return body | {"account_id": account_id, "disabled": False, "must_change": False}


@bp.put("/accounts/<account_id>")
@requires(*ADMINS)
@bp.arguments(AccountChangeSchema)
@bp.response(200, AccountSchema)
def change_account(body: dict[str, Any], account_id: str) -> Account:
    """Change the name, the role, the teams and the contracts of an account"""
    who, accounts = identity(), service().accounts
    accounts.change_account(who.agency_id, account_id, AccountChange.of(**body), by=who.account_id)
    return accounts.account(who.agency_id, account_id)


@bp.put("/funders")
@requires(*ADMINS)
@bp.arguments(FunderSchema)
@bp.response(204)
def let_funder_read(body: dict[str, Any]) -> None:
    """Which contracts of the agency a funder with an account at another agency may read; an empty list ends it"""
    service().accounts.let_read(identity().agency_id, body["username"], body["contract_ids"])


@bp.post("/accounts/<account_id>/temporary-password")
@requires(*ADMINS)
@bp.response(200, TemporaryPasswordSchema)
def temporary_password(account_id: str) -> dict[str, str]:
    """A temporary password to hand over, which its owner must change at the next sign-in"""
    return {"password": service().accounts.reset_password(identity().agency_id, account_id)}


@bp.put("/accounts/<account_id>/password")
@requires(*ADMINS)
@bp.arguments(PasswordSchema)
@bp.response(204)
def reset_password(body: dict[str, str], account_id: str) -> None:
    """Give an account a new password, which ends its sessions"""
    service().accounts.set_password(account_id, body["password"], agency_id=identity().agency_id)


@bp.post("/accounts/<account_id>/disable")
@requires(*ADMINS)
@bp.response(204)
def disable(account_id: str) -> None:
    """Close an account whose cases and plans were handed over, which ends its sessions"""
    close_account(service().accounts, identity(), account_id)


@bp.post("/accounts/<account_id>/enable")
@requires(*ADMINS)
@bp.response(204)
def enable(account_id: str) -> None:
    """Open a closed account again"""
    service().accounts.enable(account_id, agency_id=identity().agency_id)


@bp.get("/tokens")
@requires(*LEADERS)
@bp.response(200, TokensSchema)
def list_tokens() -> dict[str, Any]:
    """The tokens of one's teams, without their secrets"""
    return {"items": service().accounts.tokens.list(identity()), "next": None}


@bp.post("/tokens")
@requires(*LEADERS)
@bp.arguments(NewTokenSchema)
@bp.response(201, IssuedSchema)
def issue_token(body: dict[str, Any]) -> Issued:
    """Make a token with which a program sends files for one team; its secret is told once"""
    return service().accounts.tokens.issue(identity(), **body)


@bp.delete("/tokens/<token_id>")
@requires(*LEADERS)
@bp.response(204)
def revoke_token(token_id: str) -> None:
    """End a token at once"""
    service().accounts.tokens.revoke(identity(), token_id)


@bp.post("/agencies")
@public
@bp.arguments(AgencySchema)
@bp.response(201, NewAgencySchema)
def create_agency(body: dict[str, Any]) -> dict[str, str]:
    """Create an agency, its first team and its administrator; needs the setup code of the installation"""
    check_setup_code(service().settings.data, body["setup_code"])
    administrator, team = body["administrator"], body["team"]
    return service().accounts.found_agency(
        Founding(
            agency=body["name"],
            team=team["name"],
            username=administrator["username"],
            password=administrator["password"],
            display_name=administrator["display_name"],
            agency_id=body.get("id"),
            team_id=team.get("id"),
            account_id=administrator.get("id"),
        ),
    )


@bp.post("/demo/clock")
@requires(*ADMINS)
@bp.arguments(DemoClockSchema)
@bp.response(200, DemoClockSchema)
def move_demo_clock(body: dict[str, Any]) -> dict[str, Any]:
    """Set the clock of a demo, or let it run again; there is no such thing in a real installation"""
    clock = service().clock
    if not (service().settings.demo and isinstance(clock, DemoClock)):
        raise NotFound("no_demo", "This is no demo.")
    if body["now"] is None:
        clock.release()
    else:
        clock.set(body["now"])
    return {"now": clock.now()}
