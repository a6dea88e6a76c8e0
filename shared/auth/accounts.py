"""Agencies, teams, accounts and their sessions: the one place that reads and writes the `auth` database.

The times here are the machine's also in a demo, whose clock moves through years: a sign-in must not end because the
demo reached another summer.
"""

import hashlib
import hmac
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast, get_args

from sqlalchemy import Connection, RowMapping, delete, exists, insert, select, update

from shared.auth import throttle
from shared.auth.identity import Identity
from shared.auth.passwords import hash_password, matches
from shared.auth.roles import Role
from shared.auth.tables import account, agency, membership, session, team
from shared.clock import Clock, SystemClock
from shared.database import Database
from shared.errors import Invalid, NotFound, NotSignedIn, RuleBroken
from shared.ids import is_id, new_id


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session: the token is known to the client alone, the database keeps a keyed hash of it."""

    token: str
    expires_at: datetime
    identity: Identity


@dataclass(frozen=True, slots=True)
class Team:
    """A team of an agency."""

    team_id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account as its agency's administrator sees it."""

    account_id: str
    username: str
    display_name: str
    role: Role
    team_ids: tuple[str, ...]
    contract_ids: tuple[str, ...]
    disabled: bool


class Accounts:
    """The accounts of all agencies on this installation."""

    def __init__(self, database: Database, *, hash_key: bytes, session_hours: int, clock: Clock | None = None) -> None:
        self._database = database
        self._hash_key = hash_key
        self._session = timedelta(hours=session_hours)
        self._clock = clock or SystemClock()

    # Agencies and teams

    def is_empty(self) -> bool:
        """Say whether there is no agency yet: then the first-run page is open."""
        with self._database.read() as connection:
            return not connection.execute(select(exists().select_from(agency))).scalar_one()

    def create_agency(self, name: str, *, agency_id: str | None = None) -> str:
        """Create an agency and return its id."""
        row = {
            "agency_id": _chosen_id(agency_id, "agency"),
            "name": _text(name, "name"),
            "created_at": self._clock.now(),
        }
        with self._database.write() as connection:
            _refuse_taken(connection, agency.c.agency_id == row["agency_id"], "agency_id")
            connection.execute(insert(agency).values(row))
        return str(row["agency_id"])

    def create_team(self, agency_id: str, name: str, *, team_id: str | None = None) -> str:
        """Create a team of the agency and return its id."""
        row = {
            "team_id": _chosen_id(team_id, "team"),
            "agency_id": agency_id,
            "name": _text(name, "name"),
            "created_at": self._clock.now(),
        }
        with self._database.write() as connection:
            _refuse_taken(connection, team.c.team_id == row["team_id"], "team_id")
            connection.execute(insert(team).values(row))
        return str(row["team_id"])

    def list_agencies(self) -> list[tuple[str, str]]:
        """Return the id and name of every agency on this installation; for its operator, never for a page."""
        with self._database.read() as connection:
            rows = connection.execute(select(agency.c.agency_id, agency.c.name).order_by(agency.c.created_at))
            return [(row.agency_id, row.name) for row in rows]

    def agency_name(self, agency_id: str) -> str:
        """Return the name of an agency."""
        with self._database.read() as connection:
            found = connection.execute(select(agency.c.name).where(agency.c.agency_id == agency_id)).scalar()
        if found is None:
            raise NotFound("agency_not_found", "There is no such agency.")
        return str(found)

    def list_teams(self, agency_id: str) -> list[Team]:
        """Return the teams of an agency, by name."""
        wanted = select(team.c.team_id, team.c.name).where(team.c.agency_id == agency_id).order_by(team.c.name)
        with self._database.read() as connection:
            return [Team(row.team_id, row.name) for row in connection.execute(wanted)]

    # Accounts

    def create_account(
        self,
        agency_id: str,
        *,
        username: str,
        password: str,
        display_name: str,
        role: Role,
        team_ids: Collection[str] = (),
        contract_ids: Collection[str] = (),
        account_id: str | None = None,
        language: str | None = None,
    ) -> str:
        """Create an account and return its id; a user name is unique on this installation."""
        _check_role(role, team_ids, contract_ids)
        row = {
            "account_id": _chosen_id(account_id, "account"),
            "agency_id": agency_id,
            "username": _username(username),
            "display_name": _text(display_name, "display_name"),
            "role": role,
            "password_hash": hash_password(password),
            "contract_ids": sorted(contract_ids),
            "language": language,
            "created_at": self._clock.now(),
        }
        with self._database.write() as connection:
            _refuse_taken(connection, account.c.username == row["username"], "username")
            _refuse_taken(connection, account.c.account_id == row["account_id"], "account_id")
            _check_teams(connection, agency_id, team_ids)
            connection.execute(insert(account).values(row))
            for team_id in sorted(team_ids):
                connection.execute(insert(membership).values(account_id=row["account_id"], team_id=team_id))
        return str(row["account_id"])

    def list_accounts(self, agency_id: str) -> list[Account]:
        """Return the accounts of an agency, by display name."""
        wanted = (
            select(account, membership.c.team_id)
            .outerjoin(membership)
            .where(account.c.agency_id == agency_id)
            .order_by(account.c.display_name, account.c.account_id, membership.c.team_id)
        )
        with self._database.read() as connection:
            rows = connection.execute(wanted).mappings().all()
        by_account: dict[str, list[RowMapping]] = {}
        for row in rows:
            by_account.setdefault(row["account_id"], []).append(row)
        return [_account(rows_of_one) for rows_of_one in by_account.values()]

    def set_password(self, account_id: str, password: str, *, agency_id: str | None = None) -> None:
        """Give the account a new password and end all its sessions."""
        password_hash = hash_password(password)
        with self._database.write() as connection:
            self._change(connection, account_id, agency_id, password_hash=password_hash)
            connection.execute(delete(session).where(session.c.account_id == account_id))

    def change_own_password(self, account_id: str, current: str, new: str) -> None:
        """Change a password by its owner, who has to know the current one; ends all sessions of the account."""
        with self._database.read() as connection:
            held = connection.execute(
                select(account.c.password_hash).where(account.c.account_id == account_id)
            ).scalar()
        if not matches(held, current):
            raise Invalid("password_wrong", "This is not your current password.", field="current_password")
        self.set_password(account_id, new)

    def set_language(self, account_id: str, language: str) -> None:
        """Keep the language the person has chosen."""
        with self._database.write() as connection:
            self._change(connection, account_id, None, language=language)

    def disable(self, account_id: str, *, agency_id: str | None = None) -> None:
        """Close the account to sign-in and end all its sessions; its history stays."""
        with self._database.write() as connection:
            self._change(connection, account_id, agency_id, disabled_at=self._clock.now())
            connection.execute(delete(session).where(session.c.account_id == account_id))

    @staticmethod
    def _change(connection: Connection, account_id: str, agency_id: str | None, **values: Any) -> None:
        change = update(account).where(account.c.account_id == account_id).values(**values)
        if agency_id is not None:
            change = change.where(account.c.agency_id == agency_id)
        if connection.execute(change).rowcount == 0:
            raise NotFound("account_not_found", "There is no such account.")

    # Sessions

    def sign_in(self, username: str, password: str) -> SignedIn:
        """Open a session; raises NotSignedIn for a wrong pair and TooMany after several wrong ones."""
        name, now = username.strip().lower(), self._clock.now()
        with self._database.read() as connection:
            throttle.check(connection, name, now)
            row = (
                connection.execute(
                    select(account.c.account_id, account.c.password_hash).where(
                        account.c.username == name, account.c.disabled_at.is_(None)
                    )
                )
                .mappings()
                .first()
            )
        if not matches(row["password_hash"] if row else None, password):
            with self._database.write() as connection:
                throttle.note_failure(connection, name, now)
            raise NotSignedIn("sign_in_failed", "The user name or the password is not right.")
        assert row is not None
        return self._open_session(row["account_id"], name, now)

    def _open_session(self, account_id: str, username: str, now: datetime) -> SignedIn:
        token, expires_at = secrets.token_urlsafe(32), now + self._session
        with self._database.write() as connection:
            throttle.forget(connection, username)
            connection.execute(delete(session).where(session.c.expires_at <= now))
            connection.execute(
                insert(session).values(
                    token_hash=self._hash(token), account_id=account_id, created_at=now, expires_at=expires_at
                )
            )
        who = self.identity_of(token)
        if who is None:  # The account was disabled in this very moment.
            raise NotSignedIn("sign_in_failed", "The user name or the password is not right.")
        return SignedIn(token, expires_at, who)

    def sign_out(self, token: str) -> None:
        """End the session of this token."""
        with self._database.write() as connection:
            connection.execute(delete(session).where(session.c.token_hash == self._hash(token)))

    def identity_of(self, token: str) -> Identity | None:
        """Return who holds this token, or None when it is unknown, over, or the account is disabled; one query."""
        wanted = (
            select(account, membership.c.team_id)
            .select_from(session.join(account).outerjoin(membership))
            .where(
                session.c.token_hash == self._hash(token),
                session.c.expires_at > self._clock.now(),
                account.c.disabled_at.is_(None),
            )
        )
        with self._database.read() as connection:
            rows: Sequence[RowMapping] = connection.execute(wanted).mappings().all()
        return _identity(rows) if rows else None

    def _hash(self, token: str) -> bytes:
        return hmac.digest(self._hash_key, b"session:" + token.encode(), hashlib.sha256)


def _identity(rows: Sequence[RowMapping]) -> Identity:
    first = rows[0]
    return Identity(
        account_id=first["account_id"],
        agency_id=first["agency_id"],
        role=cast("Role", first["role"]),
        team_ids=frozenset(row["team_id"] for row in rows if row["team_id"] is not None),
        display_name=first["display_name"],
        contract_ids=frozenset(first["contract_ids"]),
        language=first["language"],
    )


def _account(rows: Sequence[RowMapping]) -> Account:
    first = rows[0]
    return Account(
        account_id=first["account_id"],
        username=first["username"],
        display_name=first["display_name"],
        role=cast("Role", first["role"]),
        team_ids=tuple(row["team_id"] for row in rows if row["team_id"] is not None),
        contract_ids=tuple(first["contract_ids"]),
        disabled=first["disabled_at"] is not None,
    )


def _chosen_id(chosen: str | None, prefix: str) -> str:
    if chosen is None:
        return new_id(prefix)
    if not is_id(chosen, prefix):
        raise Invalid("id_malformed", "An id here begins with “%(prefix)s-”.", field=f"{prefix}_id", prefix=prefix)
    return chosen


def _text(value: str, field: str) -> str:
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
    if role in ("assistant", "worker", "team_leader") and not team_ids:
        raise Invalid("team_required", "Please choose at least one team.", field="team_ids")


def _check_teams(connection: Connection, agency_id: str, team_ids: Collection[str]) -> None:
    own = set(connection.execute(select(team.c.team_id).where(team.c.agency_id == agency_id)).scalars())
    if not own.issuperset(team_ids):
        raise Invalid("team_unknown", "There is no such team.", field="team_ids")


def _refuse_taken(connection: Connection, condition: Any, field: str) -> None:
    if connection.execute(select(exists().where(condition))).scalar_one():
        raise RuleBroken("taken", "This is taken already. Please choose another.", field=field)
