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
from typing import Any, cast

from sqlalchemy import Connection, RowMapping, delete, exists, insert, select, update

from shared.auth import throttle
from shared.auth.funders import let_read, own_contracts
from shared.auth.holder import IDENTITY, identity_in
from shared.auth.identity import Identity
from shared.auth.kept import KeptFilters
from shared.auth.passwords import hash_password, matches, temporary_password
from shared.auth.records import (
    AccountChange,
    NewAccount,
    add_account,
    add_agency,
    add_team,
    change_account,
    chosen_id,
    require_other_administrator,
    text,
)
from shared.auth.roles import Role
from shared.auth.tables import account, agency, membership, session, team
from shared.auth.tokens import PREFIX, Tokens
from shared.clock import Clock, SystemClock
from shared.database import Database, to_micros
from shared.errors import Invalid, NotFound, NotSignedIn, RuleBroken


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
    must_change: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Founding:
    """A new agency: its name, its first team, and the administrator who will set up the rest."""

    agency: str
    team: str
    username: str
    password: str
    display_name: str
    agency_id: str | None = None
    team_id: str | None = None
    account_id: str | None = None


class Accounts:
    """The accounts of all agencies on this installation."""

    def __init__(self, database: Database, *, hash_key: bytes, session_hours: int, clock: Clock | None = None) -> None:
        self._database = database
        self._hash_key = hash_key
        self._session = timedelta(hours=session_hours)
        self._clock = clock or SystemClock()
        self.tokens = Tokens(database, hash_key, self._clock)
        self.filters = KeptFilters(database)

    def close(self) -> None:
        """Close the connections to the database."""
        self._database.dispose()

    # Agencies and teams

    def is_empty(self) -> bool:
        """Say whether there is no agency yet: then the first-run page is open."""
        with self._database.read() as connection:
            return not connection.execute(select(exists().select_from(agency))).scalar_one()

    def found_agency(self, founding: Founding, *, first_only: bool = False) -> dict[str, str]:
        """Create an agency with its first team and its administrator, all or nothing; return their ids.

        With `first_only` it is refused as soon as there is an agency on this installation.
        """
        agency_id = chosen_id(founding.agency_id, "agency")
        agency_name = text(founding.agency, "agency")
        team_id = chosen_id(founding.team_id, "team")
        administrator = NewAccount.of(
            account_id=founding.account_id,
            username=founding.username,
            password=founding.password,
            display_name=founding.display_name,
            role="agency_admin",
            team_ids=[team_id],
        )
        team_name, now = text(founding.team, "team"), self._clock.now()
        with self._database.write() as connection:
            if first_only and connection.execute(select(exists().select_from(agency))).scalar_one():
                raise RuleBroken("first_run_over", "This installation has been set up already. Please sign in.")
            add_agency(connection, now, agency_id, agency_name)
            add_team(connection, now, agency_id, team_id, team_name)
            add_account(connection, now, agency_id, administrator)
        return {"agency_id": agency_id, "team_id": team_id, "account_id": administrator.account_id}

    def create_agency(self, name: str, *, agency_id: str | None = None) -> str:
        """Create an agency and return its id."""
        chosen, agency_name = chosen_id(agency_id, "agency"), text(name, "name")
        with self._database.write() as connection:
            add_agency(connection, self._clock.now(), chosen, agency_name)
        return chosen

    def create_team(self, agency_id: str, name: str, *, team_id: str | None = None) -> str:
        """Create a team of the agency and return its id."""
        chosen, team_name = chosen_id(team_id, "team"), text(name, "name")
        with self._database.write() as connection:
            add_team(connection, self._clock.now(), agency_id, chosen, team_name)
        return chosen

    def list_agencies(self) -> list[tuple[str, str]]:
        """Return the id and name of every agency on this installation; for its operator, never for a page."""
        with self._database.read() as connection:
            rows = connection.execute(select(agency.c.agency_id, agency.c.name).order_by(agency.c.created_at))
            return [(row.agency_id, row.name) for row in rows]

    def agency_name(self, agency_id: str) -> str:
        """Return the name of an agency."""
        with self._database.ask() as connection:
            found = connection.execute(select(agency.c.name).where(agency.c.agency_id == agency_id)).scalar()
        if found is None:
            raise NotFound("agency_not_found", "There is no such agency.")
        return str(found)

    def list_teams(self, agency_id: str) -> list[Team]:
        """Return the teams of an agency, by name."""
        wanted = select(team.c.team_id, team.c.name).where(team.c.agency_id == agency_id).order_by(team.c.name)
        with self._database.ask() as connection:
            return [Team(row.team_id, row.name) for row in connection.execute(wanted)]

    # Accounts

    def create_account(
        self,
        agency_id: str,
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
    ) -> str:
        """Create an account and return its id; a user name is unique on this installation.

        With `must_change` the password only opens the form in which its owner chooses another.
        """
        new = NewAccount.of(
            account_id=account_id,
            username=username,
            password=password,
            display_name=display_name,
            role=role,
            team_ids=team_ids,
            contract_ids=contract_ids,
            language=language,
            must_change=must_change,
        )
        with self._database.write() as connection:
            add_account(connection, self._clock.now(), agency_id, new)
        return new.account_id

    def list_accounts(self, agency_id: str) -> list[Account]:
        """Return the accounts of an agency, by display name."""
        wanted = (
            select(account, membership.c.team_id)
            .outerjoin(membership)
            .where(account.c.agency_id == agency_id)
            .order_by(account.c.display_name, account.c.account_id, membership.c.team_id)
        )
        with self._database.ask() as connection:
            rows = connection.execute(wanted).mappings().all()
        by_account: dict[str, list[RowMapping]] = {}
        for row in rows:
            by_account.setdefault(row["account_id"], []).append(row)
        return [_account(rows_of_one) for rows_of_one in by_account.values()]

    def account(self, agency_id: str, account_id: str) -> Account:
        """Return one account of the agency."""
        found = next((one for one in self.list_accounts(agency_id) if one.account_id == account_id), None)
        if found is None:
            raise NotFound("account_not_found", "There is no such account.")
        return found

    def change_account(self, agency_id: str, account_id: str, change: AccountChange, *, by: str) -> None:
        """Change name, role, teams and contracts, from the next request on. Refuses to leave no administrator."""
        with self._database.write() as connection:
            change_account(connection, agency_id, account_id, change, by)

    def let_read(self, agency_id: str, username: str, contract_ids: Collection[str]) -> None:
        """Let a funder with an account at another agency read these contracts of this one, and no others of it."""
        with self._database.write() as connection:
            let_read(connection, agency_id, username, contract_ids)

    def rename_team(self, agency_id: str, team_id: str, name: str) -> None:
        """Give a team of the agency another name."""
        new_name = text(name, "name")
        with self._database.write() as connection:
            own = update(team).where(team.c.team_id == team_id, team.c.agency_id == agency_id)
            if connection.execute(own.values(name=new_name)).rowcount == 0:
                raise NotFound("team_not_found", "There is no such team.")

    def reset_password(self, agency_id: str, account_id: str) -> str:
        """Return a temporary password to hand over; whoever signs in with it has to choose another at once.

        All sessions of the account end, and wrong attempts before it are forgotten.
        """
        password = temporary_password()
        self.set_password(account_id, password, agency_id=agency_id, must_change=True)
        return password

    def set_password(
        self, account_id: str, password: str, *, agency_id: str | None = None, must_change: bool = False
    ) -> None:
        """Give the account a new password and end all its sessions."""
        password_hash = hash_password(password)
        with self._database.write() as connection:
            self._change(connection, account_id, agency_id, password_hash=password_hash, must_change=must_change)
            name = connection.execute(select(account.c.username).where(account.c.account_id == account_id)).scalar_one()
            throttle.forget(connection, name)
            connection.execute(delete(session).where(session.c.account_id == account_id))

    def change_own_password(self, account_id: str, current: str, new: str) -> None:
        """Change a password by its owner, who has to know the current one; ends all sessions of the account."""
        with self._database.read() as connection:
            held = connection.execute(
                select(account.c.password_hash).where(account.c.account_id == account_id)
            ).scalar()
        if not matches(held, current):
            raise Invalid("password_wrong", "This is not your current password.", field="current_password")
        if new == current:
            raise Invalid("password_same", "Please choose another password than the present one.", field="password")
        self.set_password(account_id, new)

    def set_language(self, account_id: str, language: str) -> None:
        """Keep the language the person has chosen."""
        with self._database.write() as connection:
            self._change(connection, account_id, None, language=language)

    def set_toured(self, account_id: str, *, toured: bool) -> None:
        """Keep whether the person has seen the first steps."""
        with self._database.write() as connection:
            self._change(connection, account_id, None, toured=toured)

    def enable(self, account_id: str, *, agency_id: str) -> None:
        """Open a closed account again."""
        with self._database.write() as connection:
            self._change(connection, account_id, agency_id, disabled_at=None)

    def disable(self, account_id: str, *, agency_id: str | None = None, by: str | None = None) -> None:
        """Close the account to sign-in and end all its sessions; its history stays.

        An administrator (`by`, of the agency) closes neither the own account nor the last administrator's; the operator
        of the installation, who can make another one, closes any.
        """
        with self._database.write() as connection:
            if agency_id is not None and by is not None:
                require_other_administrator(connection, agency_id, account_id, by)
            self._change(connection, account_id, agency_id, disabled_at=to_micros(self._clock.now()))
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
            connection.execute(delete(session).where(session.c.expires_at <= to_micros(now)))
            connection.execute(
                insert(session).values(
                    token_hash=self._hash(token),
                    account_id=account_id,
                    created_at=to_micros(now),
                    expires_at=to_micros(expires_at),
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
        if token.startswith(PREFIX):
            return self.tokens.identity_of(token)
        with self._database.ask() as connection:
            rows = IDENTITY.all(connection, given=self._hash(token), now=to_micros(self._clock.now()))
        return identity_in(rows) if rows else None

    def _hash(self, token: str) -> bytes:
        return hmac.digest(self._hash_key, b"session:" + token.encode(), hashlib.sha256)


def _account(rows: Sequence[RowMapping]) -> Account:
    first = rows[0]
    return Account(
        account_id=first["account_id"],
        username=first["username"],
        display_name=first["display_name"],
        role=cast("Role", first["role"]),
        team_ids=tuple(row["team_id"] for row in rows if row["team_id"] is not None),
        contract_ids=own_contracts(first["contract_ids"]),
        disabled=first["disabled_at"] is not None,
        must_change=first["must_change"],
    )
