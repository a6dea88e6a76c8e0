"""Sign-in, sign-out, the first run, one's own account, and the administrator's page of accounts."""

from typing import Any

from flask import Blueprint, flash, g, render_template, request
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response

from shared.auth import leaving
from shared.auth.accounts import Founding, SignedIn
from shared.auth.identity import identity, optional_identity, public, requires
from shared.auth.passwords import temporary_password
from shared.auth.records import AccountChange
from shared.auth.roles import ADMINS, EVERYONE, RECORDERS
from shared.auth.setup_code import check_setup_code
from shared.errors import CaseledgerError, Forbidden, Invalid, NotFound, RuleBroken
from shared.web.access import COOKIE
from shared.web.language import local_path
from shared.web.requests import see_other, service

bp = Blueprint("auth", __name__, template_folder="templates")

ROLE_LABELS = {
    "assistant": lazy_gettext("Assistant"),
    "worker": lazy_gettext("Worker"),
    "team_leader": lazy_gettext("Team leader"),
    "agency_admin": lazy_gettext("Agency administrator"),
    "funder": lazy_gettext("Funder"),
}

Page = str | tuple[str, int] | Response


@bp.get("/sign-in")
@public
def sign_in_page() -> Page:
    """Show the sign-in form; before there is any agency, lead to the first run."""
    if optional_identity() is not None:
        return see_other(local_path(request.args.get("next")))
    if service().accounts.is_empty():
        return see_other("/first-run")
    return _sign_in_form()


@bp.post("/sign-in")
@public
def sign_in() -> Page:
    """Open a session and go where the person wanted to go."""
    try:
        signed_in = service().accounts.sign_in(request.form.get("username", ""), request.form.get("password", ""))
    except CaseledgerError as error:
        return _sign_in_form(error), error.status
    return _with_session(see_other(local_path(request.form.get("next"))), signed_in)


def _sign_in_form(error: CaseledgerError | None = None) -> str:
    target = local_path(request.values.get("next"))
    return render_template("auth/sign-in.html", next=target, error=error, role_labels=ROLE_LABELS)


def _with_session(response: Response, signed_in: SignedIn) -> Response:
    response.set_cookie(
        COOKIE,
        signed_in.token,
        max_age=service().settings.session_hours * 3600,
        httponly=True,
        samesite="Lax",
        secure=service().settings.public_url.startswith("https:"),
    )
    return response


@bp.post("/sign-out")
@public
def sign_out() -> Response:
    """End the session on the server, and forget the cookie."""
    if g.token:
        service().accounts.sign_out(g.token)
    response = see_other("/sign-in")
    response.delete_cookie(COOKIE)
    for kept in ("seen", "recent"):
        response.delete_cookie(kept)
    return response


@bp.get("/first-run")
@public
def first_run_page() -> Page:
    """Show the form that makes the first agency, while there is none."""
    if not service().accounts.is_empty():
        raise NotFound("first_run_over", "This installation has been set up already. Please sign in.")
    return render_template("auth/first-run.html", values={}, error=None)


@bp.post("/first-run")
@public
def first_run() -> Page:
    """Make the first agency, its first team and its administrator, and sign them in."""
    form, accounts = request.form, service().accounts
    try:
        if not accounts.is_empty():
            raise NotFound("first_run_over", "This installation has been set up already. Please sign in.")
        check_setup_code(service().settings.data, form.get("setup_code", ""))
        founding = Founding(
            agency=form.get("agency", ""),
            team=form.get("team", ""),
            username=form.get("username", ""),
            password=form.get("password", ""),
            display_name=form.get("display_name", ""),
        )
        accounts.found_agency(founding, first_only=True)
    except (Invalid, Forbidden) as error:
        return render_template("auth/first-run.html", values=form, error=error), error.status
    return _with_session(see_other("/"), accounts.sign_in(founding.username, founding.password))


@bp.get("/account")
@requires(*EVERYONE)
def own_account_page() -> Page:
    """Show one's own account."""
    return _own_account()


@bp.post("/account/password")
@requires(*EVERYONE)
def change_own_password() -> Page:
    """Change one's own password; every session of the account ends, this one too."""
    form = request.form
    try:
        if form.get("password") != form.get("password_again"):
            raise Invalid("passwords_differ", "The two new passwords differ.", field="password_again")
        service().accounts.change_own_password(
            identity().account_id, form.get("current_password", ""), form.get("password", "")
        )
    except CaseledgerError as error:
        return _own_account(error), error.status
    flash(gettext("Your password has been changed. Please sign in with it."))
    response = see_other("/sign-in")
    response.delete_cookie(COOKIE)
    return response


def _own_account(error: CaseledgerError | None = None) -> str:
    who = identity()
    teams = {team.team_id: team.name for team in service().accounts.list_teams(who.agency_id)}
    return render_template(
        "auth/account.html",
        agency=service().accounts.agency_name(who.agency_id),
        role=ROLE_LABELS[who.role],
        teams=[teams[team_id] for team_id in sorted(who.team_ids)],
        error=error,
    )


@bp.get("/accounts")
@requires(*ADMINS)
def accounts_page() -> Page:
    """Show the accounts and teams of the agency."""
    return _accounts()


@bp.post("/accounts")
@requires(*ADMINS)
def create_account() -> Page:
    """Create an account with a temporary password, which is shown once."""
    form, password = request.form, temporary_password()
    try:
        service().accounts.create_account(
            identity().agency_id,
            username=form.get("username", ""),
            password=password,
            must_change=True,
            display_name=form.get("display_name", ""),
            role=form.get("role", ""),
            team_ids=form.getlist("team_ids"),
            contract_ids=form.getlist("contract_ids"),
        )
    except CaseledgerError as error:
        return _accounts(error), error.status
    return _handed_over(form["display_name"].strip(), form["username"].strip().lower(), password)


@bp.post("/accounts/teams")
@requires(*ADMINS)
def create_team() -> Page:
    """Create a team."""
    try:
        service().accounts.create_team(identity().agency_id, request.form.get("name", ""))
    except CaseledgerError as error:
        return _accounts(error), error.status
    return see_other("/accounts")


@bp.post("/accounts/teams/<team_id>")
@requires(*ADMINS)
def rename_team(team_id: str) -> Page:
    """Give a team another name."""
    try:
        service().accounts.rename_team(identity().agency_id, team_id, request.form.get("new_name", ""))
    except Invalid as error:
        return _accounts(error), error.status
    return see_other("/accounts")


@bp.post("/accounts/funders")
@requires(*ADMINS)
def let_funder_read() -> Page:
    """Say which contracts of the agency a funder with an account at another agency may read."""
    form = request.form
    try:
        service().accounts.let_read(identity().agency_id, form.get("funder", ""), form.getlist("contracts"))
    except CaseledgerError as error:
        return _accounts(error), error.status
    flash(gettext("Saved. It holds from now on."))
    return see_other("/accounts")


@bp.route("/accounts/<account_id>", methods=["GET", "POST"])
@requires(*ADMINS)
def account_page(account_id: str) -> Page:
    """One account: its name, role, teams and contracts, its password, and leaving."""
    who, form, accounts = identity(), request.form, service().accounts
    if request.method == "GET":
        return _account(account_id)
    try:
        change = AccountChange.of(
            display_name=form.get("display_name", ""),
            role=form.get("role", ""),
            team_ids=form.getlist("team_ids"),
            contract_ids=form.getlist("contract_ids"),
        )
        accounts.change_account(who.agency_id, account_id, change, by=who.account_id)
    except (Invalid, RuleBroken) as error:
        return _account(account_id, error), error.status
    flash(gettext("Saved. It holds from now on."))
    return see_other("/accounts")


@bp.post("/accounts/<account_id>/password")
@requires(*ADMINS)
def reset_password(account_id: str) -> Page:
    """Give somebody a temporary password, which is shown once."""
    who, accounts = identity(), service().accounts
    account = accounts.account(who.agency_id, account_id)
    return _handed_over(account.display_name, account.username, accounts.reset_password(who.agency_id, account_id))


@bp.post("/accounts/<account_id>/disable")
@requires(*ADMINS)
def disable(account_id: str) -> Page:
    """Close the account of somebody who has handed over all cases and plans."""
    who = identity()
    try:
        leaving.close_account(service().accounts, who, account_id)
    except RuleBroken as error:
        return _account(account_id, error), error.status
    flash(gettext("The account is closed. What was recorded stays."))
    return see_other("/accounts")


@bp.post("/accounts/<account_id>/enable")
@requires(*ADMINS)
def enable(account_id: str) -> Page:
    """Open a closed account again."""
    service().accounts.enable(account_id, agency_id=identity().agency_id)
    return see_other(f"/accounts/{account_id}")


def _handed_over(name: str, username: str, password: str) -> Page:
    """Show a temporary password, this once: it is kept nowhere."""
    return render_template("auth/temporary-password.html", name=name, username=username, password=password)


def _account(account_id: str, error: CaseledgerError | None = None) -> str:
    who, accounts = identity(), service().accounts
    account, form = accounts.account(who.agency_id, account_id), request.form
    given = error is not None and "role" in form
    return render_template(
        "auth/account-change.html",
        account=account,
        values={
            "display_name": form["display_name"] if given else account.display_name,
            "role": form["role"] if given else account.role,
            "team_ids": form.getlist("team_ids") if given else account.team_ids,
            "contract_ids": form.getlist("contract_ids") if given else account.contract_ids,
        },
        team_names={team.team_id: team.name for team in accounts.list_teams(who.agency_id)},
        roles=ROLE_LABELS,
        left=leaving.left_to_hand_over(account_id) if account.role in RECORDERS and not account.disabled else 0,
        error=error,
    )


def _accounts(error: CaseledgerError | None = None) -> str:
    who, accounts = identity(), service().accounts
    shown: dict[str, Any] = {
        "accounts": accounts.list_accounts(who.agency_id),
        "teams": (teams := accounts.list_teams(who.agency_id)),
        "team_names": {team.team_id: team.name for team in teams},
        "roles": ROLE_LABELS,
        "values": request.form,
        "error": error,
    }
    return render_template("auth/accounts.html", **shown)
