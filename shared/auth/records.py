"""What is written to the `auth` database when an agency, a team or an account is made, and the rules for it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast, get_args

from sqlalchemy import Connection, delete, exists, insert, select, update

from shared.auth.funders import contracts_after, require_own
from shared.auth.passwords import hash_password
from shared.auth.roles import Role
from shared.auth.tables import account, agency, membership, team
from shared.database import to_micros
from shared.errors import Invalid, NotFound, RuleBroken
from shared.ids import is_id, new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """An account to be made; the password is hashed when this is made, outside of any transaction."""

    account_id: str
    username: str
    display_name: str
    role: Role
    team_ids: tuple[str, ...]
    contract_ids: tuple[str, ...]
    password_hash: str
    language: str | None
    must_change: bool = False

    @classmethod
    def of(
        cls,
        *,
        username: str,
        password: str,
        display_name: str,
        role: str,
        team_ids: Collection[str] = (),
        contract_ids: Collection[str] = (),
        account_id: str | None = None,
        language: str | None = None,
        must_change: bool = False,
    ) -> "NewAccount":
        """Check what was given; raises Invalid with the field that is wrong."""
        _check_role(role, team_ids, contract_ids)
        return cls(
            account_id=chosen_id(account_id, "account"),
            username=_username(username),
            display_name=text(display_name, "display_name"),
            role=cast("Role", role),
            team_ids=tuple(sorted(set(team_ids))),
            contract_ids=tuple(sorted(set(contract_ids))),
            password_hash=hash_password(password),
            language=language,
            must_change=must_change,
        )


def add_agency(connection: Connection, now: datetime, agency_id: str, name: str) -> None:
    """Insert an agency."""
    _refuse_taken(connection, agency.c.agency_id == agency_id, "agency_id")
    connection.execute(insert(agency).values(agency_id=agency_id, name=name, created_at=to_micros(now)))


def add_team(connection: Connection, now: datetime, agency_id: str, team_id: str, name: str) -> None:
    """Insert a team of an agency."""
    _refuse_taken(connection, team.c.team_id == team_id, "team_id")
    connection.execute(insert(team).values(team_id=team_id, agency_id=agency_id, name=name, created_at=to_micros(now)))


def add_account(connection: Connection, now: datetime, agency_id: str, new: NewAccount) -> None:
    """Insert an account and its memberships; its teams must be the agency's."""
    _refuse_taken(connection, account.c.username == new.username, "username")
    _refuse_taken(connection, account.c.account_id == new.account_id, "account_id")
    _require_teams(connection, agency_id, new.team_ids)
    connection.execute(
        insert(account).values(
            account_id=new.account_id,
            agency_id=agency_id,
            username=new.username,
            display_name=new.display_name,
            role=new.role,
            password_hash=new.password_hash,
            contract_ids=list(new.contract_ids),
            language=new.language,
            must_change=new.must_change,
            created_at=to_micros(now),
        )
    )
    _join(connection, new.account_id, new.team_ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChange:
    """What an administrator may change of an account."""

    display_name: str
    role: Role
    team_ids: tuple[str, ...]
    contract_ids: tuple[str, ...]

    @classmethod
    def of(
        cls, *, display_name: str, role: str, team_ids: Collection[str] = (), contract_ids: Collection[str] = ()
    ) -> "AccountChange":
        """Check what was given; raises Invalid with the field that is wrong."""
        _check_role(role, team_ids, contract_ids)
        return cls(
            display_name=text(display_name, "display_name"),
            role=cast("Role", role),
            team_ids=tuple(sorted(set(team_ids))),
            contract_ids=tuple(sorted(set(contract_ids))),
        )


def change_account(connection: Connection, agency_id: str, account_id: str, change: AccountChange, by: str) -> None:
    """Change an account of the agency; nobody takes their own administration away, or the last one."""
    if change.role != "agency_admin":
        require_other_administrator(connection, agency_id, account_id, by)
    _require_teams(connection, agency_id, change.team_ids)
    own = update(account).where(account.c.account_id == account_id, account.c.agency_id == agency_id)
    row = select(account.c.contract_ids).where(account.c.account_id == account_id, account.c.agency_id == agency_id)
    before = connection.execute(row.with_for_update()).scalar_one_or_none()
    if before is None:
        raise NotFound("account_not_found", "There is no such account.")
    named = contracts_after(change.contract_ids, before) if change.role == "funder" else []
    given = {name: getattr(change, name) for name in ("display_name", "role")}
    connection.execute(own.values(**given, contract_ids=named))
    connection.execute(delete(membership).where(membership.c.account_id == account_id))
    _join(connection, account_id, change.team_ids)


def require_other_administrator(connection: Connection, agency_id: str, account_id: str, by: str) -> None:
    """Raise when without this account nobody would administer the agency, or when it is the asker's own."""
    if account_id == by:
        raise RuleBroken(
            "own_account", "Nobody closes their own account or gives up its administration; ask a colleague."
        )
    administrators = (
        select(account.c.account_id)
        .where(account.c.agency_id == agency_id, account.c.role == "agency_admin", account.c.disabled_at.is_(None))
        # Two administrators who take each other's role away at the same moment: the second one waits, and is refused.
        .with_for_update()
    )
    if set(connection.execute(administrators).scalars()) == {account_id}:
        raise RuleBroken("last_administrator", "This is the last administrator. Give somebody else the role first.")


def _join(connection: Connection, account_id: str, team_ids: Collection[str]) -> None:
    for team_id in team_ids:
        connection.execute(insert(membership).values(account_id=account_id, team_id=team_id))


def _require_teams(connection: Connection, agency_id: str, team_ids: Collection[str]) -> None:
    own = connection.execute(select(team.c.team_id).where(team.c.agency_id == agency_id)).scalars()
    if not set(own).issuperset(team_ids):
        raise Invalid("team_unknown", "There is no such team.", field="team_ids")


def chosen_id(chosen: str | None, prefix: str) -> str:
    """Return the id that the client chose, or a new one."""
    if chosen is None:
        return new_id(prefix)
    if not is_id(chosen, prefix):
        raise Invalid("id_malformed", "An id here begins with “%(prefix)s-”.", field="id", prefix=prefix)
    return chosen


def text(value: str, field: str) -> str:
    """Return a name without spaces around it; raises Invalid when nothing is left, or too much."""
    stripped = value.strip()
    if not stripped:
        raise Invalid("required", "Please fill this in.", field=field)
    if len(stripped) > 200:
        raise Invalid("too_long", "Please choose at most %(longest)s characters.", field=field, longest=200)
    return stripped


def _username(value: str) -> str:
    name = value.strip().lower()
    if not 2 <= len(name) <= 80 or any(letter.isspace() for letter in name):
        raise Invalid("username_malformed", "A user name has 2 to 80 characters and no spaces.", field="username")
    return name


def _check_role(role: str, team_ids: Collection[str], contract_ids: Collection[str]) -> None:
    if role not in get_args(Role):
        raise Invalid("role_unknown", "There is no such role.", field="role")
    if role == "funder" and team_ids:
        raise Invalid("funder_has_no_team", "A funder belongs to no team.", field="team_ids")
    if role != "funder" and contract_ids:
        raise Invalid("only_funders_have_contracts", "Only a funder's account names contracts.", field="contract_ids")
    require_own(contract_ids)
    if role in ("assistant", "worker", "team_leader") and not team_ids:
        raise Invalid("team_required", "Please choose at least one team.", field="team_ids")


def _refuse_taken(connection: Connection, condition: Any, field: str) -> None:
    if connection.execute(select(exists().where(condition))).scalar_one():
        raise RuleBroken("taken", "This is taken already. Please choose another.", field=field)
