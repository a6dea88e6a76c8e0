"""Tokens of feeds: what each may send, for which team, until when, and that its secret is nowhere."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from shared.auth.accounts import Accounts
from shared.auth.identity import Identity
from shared.auth.records import AccountChange
from shared.auth.tables import feed_token, metadata
from shared.auth.tokens import Issued
from shared.database import Database
from shared.errors import Invalid, NotFound
from shared.testing.clock import FixedClock
from shared.testing.people import AGENCY, FOREIGN_TEAM, OTHER_TEAM, PASSWORD, TEAM, create_people


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path}/auth.db")
    metadata.create_all(database.engine)
    yield database
    database.dispose()


@pytest.fixture
def accounts(database: Database, clock: FixedClock) -> Accounts:
    accounts = Accounts(database, hash_key=b"k" * 32, session_hours=12, clock=clock)
    create_people(accounts)
    return accounts


def who(accounts: Accounts, username: str = "leader") -> Identity:
    return accounts.sign_in(username, PASSWORD).identity


def issued(accounts: Accounts, days: int = 90) -> Issued:
    return accounts.tokens.issue(who(accounts), label="Feed", team_id=TEAM, kinds=["sessions"], days=days)


def test_a_token_sends_its_kinds_for_its_team_in_the_name_of_its_maker(accounts: Accounts, database: Database) -> None:
    token = issued(accounts)
    acting = accounts.identity_of(token.secret)
    assert acting is not None
    assert (acting.account_id, acting.team_ids) == ("account-leader", {TEAM})
    assert (acting.may_send("sessions"), acting.may_send("people")) == (True, False)
    with database.read() as connection:
        kept = connection.execute(select(feed_token)).one()
    assert token.secret.encode() not in kept.token_hash
    assert token.secret not in map(str, kept)


def test_a_token_of_an_administrator_is_good_for_its_team_alone(accounts: Accounts) -> None:
    admin = who(accounts, "admin")
    token = accounts.tokens.issue(admin, label="Feed", team_id=OTHER_TEAM, kinds=["visits"], days=1)
    acting = accounts.identity_of(token.secret)
    assert acting is not None
    assert (acting.sees_team(OTHER_TEAM), acting.sees_team(TEAM)) == (True, False)


def test_a_token_ends_on_its_day_when_it_is_revoked_or_when_its_maker_leaves(
    accounts: Accounts, clock: FixedClock
) -> None:
    short, revoked, left = issued(accounts, days=1), issued(accounts), issued(accounts)
    accounts.tokens.revoke(who(accounts), revoked.token_id)
    assert accounts.identity_of(revoked.secret) is None
    clock.move(timedelta(days=1))
    assert accounts.identity_of(short.secret) is None
    assert accounts.identity_of(left.secret) is not None
    change = AccountChange.of(display_name="Leader", role="team_leader", team_ids=[OTHER_TEAM], contract_ids=[])
    accounts.change_account(AGENCY, "account-leader", change, by="account-admin")
    assert accounts.identity_of(left.secret) is None
    assert sorted(one.good for one in accounts.tokens.list(who(accounts, "admin"))) == [False, False, True]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"team_id": OTHER_TEAM}, "team_id"),
        ({"team_id": FOREIGN_TEAM}, "team_id"),
        ({"kinds": []}, "kinds"),
        ({"days": 0}, "days"),
        ({"days": 1000}, "days"),
        ({"label": " "}, "label"),
    ],
)
def test_what_is_not_in_order_is_refused(accounts: Accounts, asked: dict[str, object], field: str) -> None:
    given = {"label": "Feed", "team_id": TEAM, "kinds": ["sessions"], "days": 90, **asked}
    with pytest.raises(Invalid) as refused:
        accounts.tokens.issue(who(accounts), **given)  # type: ignore[arg-type]
    assert refused.value.fields[0].path == field


def test_only_who_leads_its_team_ends_a_token(accounts: Accounts) -> None:
    token = issued(accounts)
    with pytest.raises(NotFound):
        accounts.tokens.revoke(who(accounts, "foreign-leader"), token.token_id)
    accounts.tokens.revoke(who(accounts, "admin"), token.token_id)
