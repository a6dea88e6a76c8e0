"""Tokens for the programs of agencies: each sends certain kinds of files for one team, until a day, and no more.

A token acts in the name of the account that made it, is shown once, and is kept as a keyed hash.
"""

import hashlib
import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import exists, insert, select, update

from shared.auth.identity import Identity
from shared.auth.records import text
from shared.auth.roles import LEADERS
from shared.auth.tables import account, feed_token, membership, team
from shared.clock import Clock
from shared.database import Database, from_micros, to_micros
from shared.errors import Invalid, NotFound
from shared.ids import new_id

PREFIX = "clf_"
"""How a token begins, so that one that lies where it should not is known for what it is."""
LONGEST_DAYS = 366
_USED = timedelta(minutes=1)
_ROW = feed_token.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token as those see it who may revoke it; the secret itself is nowhere."""

    token_id: str
    label: str
    team_id: str
    account_id: str
    kinds: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None
    good: bool
    """Whether something can be sent with it now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A new token, and the secret, which is told once."""

    token_id: str
    secret: str
    expires_at: datetime


class Tokens:
    """The tokens of all agencies on this installation."""

    def __init__(self, database: Database, hash_key: bytes, clock: Clock) -> None:
        self._database, self._hash_key, self._clock = database, hash_key, clock

    def issue(self, who: Identity, *, label: str, team_id: str, kinds: Collection[str], days: int) -> Issued:
        """Make a token for a team of the asker's, who has checked that `kinds` exist; it ends after `days`."""
        name = text(label, "label")[:80]
        if not kinds:
            raise Invalid("required", "Please fill this in.", field="kinds")
        if not 1 <= days <= LONGEST_DAYS:
            raise Invalid("token_days", "A token is good for 1 to %(most)s days.", field="days", most=LONGEST_DAYS)
        self._check_team(who, team_id)
        now, secret, token_id = self._clock.now(), PREFIX + secrets.token_urlsafe(32), new_id("token")
        expires_at = now + timedelta(days=days)
        row = {
            "token_id": token_id,
            "token_hash": self._hash(secret),
            "agency_id": who.agency_id,
            "account_id": who.account_id,
            "team_id": team_id,
            "label": name,
            "kinds": sorted(set(kinds)),
            "created_at": to_micros(now),
            "expires_at": to_micros(expires_at),
        }
        with self._database.write() as connection:
            connection.execute(insert(feed_token), row)
        return Issued(token_id=token_id, secret=secret, expires_at=expires_at)

    def _check_team(self, who: Identity, team_id: str) -> None:
        own = exists().where(team.c.team_id == team_id, team.c.agency_id == who.agency_id)
        with self._database.ask() as connection:
            known = connection.scalar(select(own))
        if not known or not who.sees_team(team_id):
            raise Invalid("team_unknown", "There is no such team.", field="team_id")

    def list(self, who: Identity) -> list[Token]:
        """Return the tokens of the asker's teams, the newest first."""
        wanted = select(feed_token).where(_ROW.agency_id == who.agency_id).order_by(_ROW.created_at.desc())
        now = to_micros(self._clock.now())
        with self._database.ask() as connection:
            return [_token(row, now) for row in connection.execute(wanted) if who.sees_team(row.team_id)]

    def revoke(self, who: Identity, token_id: str) -> None:
        """End a token of one of the asker's teams at once; one that has ended stays as it is."""
        if token_id not in {one.token_id for one in self.list(who)}:
            raise NotFound("token_not_found", "There is no such token.")
        ended = update(feed_token).where(_ROW.token_id == token_id, _ROW.revoked_at.is_(None))
        with self._database.write() as connection:
            connection.execute(ended.values(revoked_at=to_micros(self._clock.now())))

    def identity_of(self, secret: str) -> Identity | None:
        """Return on whose behalf, and within which bounds, this token acts; None when it has ended or is unknown.

        The account that made it must still work in its team, or lead the agency.
        """
        now = to_micros(self._clock.now())
        wanted = (
            select(
                feed_token,
                account.c.role,
                account.c.display_name,
                account.c.language,
                membership.c.team_id.label("own"),
            )
            .select_from(
                feed_token.join(account, account.c.account_id == _ROW.account_id).outerjoin(
                    membership,
                    (membership.c.account_id == _ROW.account_id) & (membership.c.team_id == _ROW.team_id),
                )
            )
            .where(
                _ROW.token_hash == self._hash(secret),
                _ROW.expires_at > now,
                _ROW.revoked_at.is_(None),
                account.c.disabled_at.is_(None),
                account.c.role.in_(LEADERS),
            )
        )
        with self._database.ask() as connection:
            row = connection.execute(wanted).first()
        if row is None or (row.own is None and row.role != "agency_admin"):
            return None
        if row.last_used_at is None or now - row.last_used_at > _USED // timedelta(microseconds=1):
            with self._database.write() as connection:
                connection.execute(update(feed_token).where(_ROW.token_id == row.token_id).values(last_used_at=now))
        return Identity(
            account_id=row.account_id,
            agency_id=row.agency_id,
            role="team_leader",
            team_ids=frozenset({row.team_id}),
            display_name=row.display_name,
            language=row.language,
            sends=frozenset(row.kinds),
        )

    def _hash(self, secret: str) -> bytes:
        return hmac.digest(self._hash_key, b"feed:" + secret.encode(), hashlib.sha256)


def _token(row: Any, now: int) -> Token:
    def moment(micros: int | None) -> datetime | None:
        return None if micros is None else from_micros(micros)

    return Token(
        token_id=row.token_id,
        label=row.label,
        team_id=row.team_id,
        account_id=row.account_id,
        kinds=tuple(row.kinds),
        created_at=cast("datetime", moment(row.created_at)),
        expires_at=cast("datetime", moment(row.expires_at)),
        revoked_at=moment(row.revoked_at),
        last_used_at=moment(row.last_used_at),
        good=row.revoked_at is None and now < row.expires_at,
    )
