"""Accounts on their own database: sessions, passwords, waiting after wrong ones, roles and teams."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher, extract_parameters
from sqlalchemy import func, select

from shared.auth import passwords
from shared.auth.accounts import Accounts
from shared.auth.identity import access_of, public, requires
from shared.auth.passwords import hash_password
from shared.auth.records import AccountChange
from shared.auth.setup_code import check_setup_code, setup_code
from shared.auth.tables import account, metadata, session, sign_in_failure
from shared.auth.throttle import ALLOWED
from shared.database import Database
from shared.errors import CaseledgerError, Forbidden, Invalid, NotFound, NotSignedIn, RuleBroken, TooMany
from shared.testing.people import AGENCY, FOREIGN_TEAM, OTHER_TEAM, PASSWORD, TEAM, create_people


class SetClock:
    """Tells the time it was set to."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path}/auth.db")
    metadata.create_all(database.engine)
    yield database
    database.dispose()


@pytest.fixture
def accounts(database: Database, clock: SetClock) -> Accounts:
    accounts = Accounts(database, hash_key=b"k" * 32, session_hours=12, clock=clock)
    create_people(accounts)
    return accounts


def refuse(accounts: Accounts, password: str = "a wrong one") -> type[CaseledgerError]:
    with pytest.raises((NotSignedIn, TooMany)) as refused:
        accounts.sign_in("worker", password)
    return refused.type


def test_passwords_are_hashed_by_argon2id_with_modest_memory(
    careful_hasher: PasswordHasher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "_HASHER", careful_hasher)
    parameters = extract_parameters(hash_password(PASSWORD))
    assert parameters.type.name == "ID"
    assert (parameters.memory_cost, parameters.time_cost, parameters.parallelism) == (19 * 1024, 2, 1)


def test_a_session_ends_when_its_hours_are_over(accounts: Accounts, clock: SetClock) -> None:
    token = accounts.sign_in("worker", PASSWORD).token
    clock.moment += timedelta(hours=11, minutes=59)
    assert accounts.identity_of(token) is not None
    clock.moment += timedelta(minutes=1)
    assert accounts.identity_of(token) is None


def test_the_database_holds_no_token_and_its_hash_needs_the_key(accounts: Accounts, database: Database) -> None:
    token = accounts.sign_in("worker", PASSWORD).token
    assert token.encode() not in Path(database.url.removeprefix("sqlite:///")).read_bytes()
    other = Accounts(database, hash_key=b"x" * 32, session_hours=12, clock=SetClock())
    assert accounts.identity_of(token) is not None
    assert other.identity_of(token) is None


def test_sessions_that_are_over_are_dropped_at_the_next_sign_in(
    accounts: Accounts, database: Database, clock: SetClock
) -> None:
    for _ in range(3):
        accounts.sign_in("worker", PASSWORD)
    clock.moment += timedelta(days=1)
    accounts.sign_in("worker", PASSWORD)
    with database.read() as connection:
        assert connection.execute(select(func.count()).select_from(session)).scalar_one() == 1


def test_signing_out_ends_one_session_and_not_the_others(accounts: Accounts) -> None:
    one, two = accounts.sign_in("worker", PASSWORD), accounts.sign_in("worker", PASSWORD)
    accounts.sign_out(one.token)
    assert accounts.identity_of(one.token) is None
    assert accounts.identity_of(two.token) == two.identity


def test_after_several_wrong_passwords_even_the_right_one_has_to_wait(accounts: Accounts, clock: SetClock) -> None:
    assert [refuse(accounts) for _ in range(ALLOWED)] == [NotSignedIn] * ALLOWED
    assert refuse(accounts, PASSWORD) is TooMany
    assert accounts.sign_in("leader", PASSWORD)
    clock.moment += timedelta(minutes=15)
    assert accounts.sign_in("worker", PASSWORD)


def test_a_right_password_starts_the_count_anew(accounts: Accounts) -> None:
    for _ in range(3):
        assert [refuse(accounts) for _ in range(ALLOWED - 1)] == [NotSignedIn] * (ALLOWED - 1)
        accounts.sign_in("worker", PASSWORD)


def test_guessed_user_names_leave_no_growing_table(accounts: Accounts, database: Database, clock: SetClock) -> None:
    for number in range(5):
        with pytest.raises(NotSignedIn):
            accounts.sign_in(f"guess-{number}", "x")
        clock.moment += timedelta(minutes=16)
    with database.read() as connection:
        assert connection.execute(select(func.count()).select_from(sign_in_failure)).scalar_one() == 1


def test_a_new_password_ends_all_sessions_and_the_old_one_is_refused(accounts: Accounts) -> None:
    token = accounts.sign_in("worker", PASSWORD).token
    accounts.set_password("account-worker", "quite another one", agency_id=AGENCY)
    assert accounts.identity_of(token) is None
    assert refuse(accounts, PASSWORD) is NotSignedIn
    assert accounts.sign_in("worker", "quite another one")


def test_another_agencys_administrator_changes_nothing(accounts: Accounts) -> None:
    for change in (accounts.disable, lambda *a, **k: accounts.set_password(*a, "quite another one", **k)):
        with pytest.raises(NotFound):
            change("account-worker", agency_id="agency-two")
    assert accounts.sign_in("worker", PASSWORD)


def test_a_disabled_account_cannot_sign_in_and_is_still_listed(accounts: Accounts) -> None:
    accounts.disable("account-worker", agency_id=AGENCY)
    assert refuse(accounts, PASSWORD) is NotSignedIn
    assert [a.username for a in accounts.list_accounts(AGENCY) if a.disabled] == ["worker"]


def test_nobody_locks_themselves_or_the_agency_out(accounts: Accounts) -> None:
    demoted = AccountChange.of(display_name="Admin", role="worker", team_ids=[TEAM])
    for by, code in (("account-admin", "own_account"), ("account-leader", "last_administrator")):
        with pytest.raises(RuleBroken) as refused:
            accounts.change_account(AGENCY, "account-admin", demoted, by=by)
        assert refused.value.code == code
        with pytest.raises(RuleBroken) as refused:
            accounts.disable("account-admin", agency_id=AGENCY, by=by)
        assert refused.value.code == code
    leads = AccountChange.of(display_name="Leader", role="agency_admin")
    accounts.change_account(AGENCY, "account-leader", leads, by="account-admin")
    accounts.change_account(AGENCY, "account-admin", demoted, by="account-leader")
    who = accounts.sign_in("admin", PASSWORD).identity
    assert (who.role, who.team_ids) == ("worker", {TEAM})
    accounts.disable("account-admin", agency_id=AGENCY, by="account-leader")
    with pytest.raises(RuleBroken, match="last administrator"):
        accounts.disable("account-leader", agency_id=AGENCY, by="account-admin")


def test_an_account_changes_within_its_agency_alone(accounts: Accounts) -> None:
    change = AccountChange.of(display_name="x", role="worker", team_ids=[FOREIGN_TEAM])
    with pytest.raises(Invalid, match="team"):
        accounts.change_account(AGENCY, "account-worker", change, by="account-admin")
    with pytest.raises(NotFound):
        accounts.change_account("agency-two", "account-worker", change, by="account-foreign-admin")
    with pytest.raises(NotFound):
        accounts.rename_team("agency-two", TEAM, "x")
    with pytest.raises(NotFound):
        accounts.reset_password("agency-two", "account-worker")
    assert accounts.account(AGENCY, "account-worker").team_ids == (TEAM,)


def test_a_temporary_password_is_to_be_changed_and_ends_the_wait_after_wrong_ones(accounts: Accounts) -> None:
    for _ in range(ALLOWED + 1):
        refuse(accounts)
    given = accounts.reset_password(AGENCY, "account-worker")
    assert re.fullmatch(r"(\w{4}-){2}\w{4}", given)
    assert accounts.sign_in("worker", given).identity.must_change
    with pytest.raises(Invalid, match="another"):
        accounts.change_own_password("account-worker", given, given)
    accounts.change_own_password("account-worker", given, "quite another one")
    assert not accounts.sign_in("worker", "quite another one").identity.must_change


def test_an_identity_sees_its_teams_and_an_administrator_all(accounts: Accounts) -> None:
    worker, admin, funder = (accounts.sign_in(name, PASSWORD).identity for name in ("worker", "admin", "funder"))
    assert (worker.sees_team(TEAM), worker.sees_team(OTHER_TEAM)) == (True, False)
    assert admin.sees_team(TEAM)
    assert admin.sees_team(OTHER_TEAM)
    assert not funder.sees_team(TEAM)
    assert funder.contract_ids == {"contract-agency-one-kachi-2"}
    both = replace(worker, team_ids=frozenset({TEAM, OTHER_TEAM}))
    assert both.sees_team(OTHER_TEAM)


@pytest.mark.parametrize(
    ("changes", "error", "field"),
    [
        ({"username": "Worker"}, RuleBroken, "username"),
        ({"username": "two words"}, Invalid, "username"),
        ({"password": "short"}, Invalid, "password"),
        ({"display_name": "  "}, Invalid, "display_name"),
        ({"role": "director"}, Invalid, "role"),
        ({"team_ids": []}, Invalid, "team_ids"),
        ({"team_ids": [FOREIGN_TEAM]}, Invalid, "team_ids"),
        ({"team_ids": [TEAM], "role": "funder"}, Invalid, "team_ids"),
        ({"contract_ids": ["contract-x"]}, Invalid, "contract_ids"),
        ({"account_id": "person-1"}, Invalid, "id"),
        ({"account_id": "account-worker"}, RuleBroken, "account_id"),
    ],
)
def test_a_wrong_account_names_its_field_and_is_not_made(
    accounts: Accounts, database: Database, changes: dict[str, object], error: type[CaseledgerError], field: str
) -> None:
    given = {"username": "new", "password": PASSWORD, "display_name": "New", "role": "worker", "team_ids": [TEAM]}
    with database.read() as connection:
        before = connection.execute(select(func.count()).select_from(account)).scalar_one()
    with pytest.raises(error) as refused:
        accounts.create_account(AGENCY, **(given | changes))  # type: ignore[arg-type]
    assert [wrong.path for wrong in refused.value.fields] == [field]
    with database.read() as connection:
        assert connection.execute(select(func.count()).select_from(account)).scalar_one() == before


def test_the_setup_code_stays_and_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    code = setup_code(tmp_path)
    assert setup_code(tmp_path) == code
    assert (tmp_path / "setup-code").stat().st_mode & 0o777 == 0o600
    check_setup_code(tmp_path, f" {code}\n")
    with pytest.raises(Forbidden):
        check_setup_code(tmp_path, code[:-1])


def test_marks_are_read_from_functions_and_from_each_method_of_a_class() -> None:
    class Both:
        @requires("worker")
        def get(self) -> None: ...

        @public
        def post(self) -> None: ...

        def put(self) -> None: ...

    def view() -> None: ...

    view.view_class = Both  # type: ignore[attr-defined]
    assert access_of(view, "GET") == access_of(view, "HEAD") == {"worker"}
    assert access_of(view, "POST") == frozenset()
    assert access_of(view, "PUT") is None
