"""Sealing, erasing, rotating master keys."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import MetaData, select

from shared.database import Database
from shared.errors import RuleBroken
from shared.privacy.keys import MasterKeyError, MasterKeys
from shared.privacy.tables import DATA_KEY, vault_tables
from shared.privacy.vault import Vault
from shared.testing.clock import FixedClock

OLD, NEW, WRONG = (bytes([number]) * 32 for number in (1, 2, 3))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'vault.db'}")
    metadata = MetaData()
    vault_tables(metadata)
    metadata.create_all(database.engine)
    yield database
    database.dispose()


def vault_with(**keys: bytes) -> Vault:
    return Vault(MasterKeys(keys), FixedClock())


def test_what_was_sealed_opens_again(database: Database) -> None:
    vault = vault_with(old=OLD)
    with database.write() as connection:
        sealed = vault.seal(connection, "person-1", b"place", "陳大文".encode())
        assert vault.open(connection, b"place", sealed) == "陳大文".encode()
    assert "陳大文".encode() not in sealed


def test_sealing_the_same_twice_gives_different_bytes(database: Database) -> None:
    vault = vault_with(old=OLD)
    with database.write() as connection:
        assert vault.seal(connection, "person-1", b"p", b"x") != vault.seal(connection, "person-1", b"p", b"x")


def test_sealed_bytes_open_only_in_their_own_place(database: Database) -> None:
    vault = vault_with(old=OLD)
    with database.write() as connection:
        sealed = vault.seal(connection, "person-1", b"place", b"words")
        with pytest.raises(InvalidTag):
            vault.open(connection, b"another place", sealed)


def test_every_subject_has_a_key_of_its_own(database: Database) -> None:
    vault = vault_with(old=OLD)
    with database.write() as connection:
        sealed = vault.seal(connection, "person-1", b"p", b"one"), vault.seal(connection, "person-2", b"p", b"two")
        vault.destroy(connection, "person-1")
        assert vault.open_many(connection, [(b"p", item) for item in sealed]) == [None, b"two"]


def test_a_destroyed_subject_takes_nothing_more_even_if_it_never_had_a_key(database: Database) -> None:
    vault = vault_with(old=OLD)
    with database.write() as connection:
        vault.seal(connection, "person-1", b"p", b"x")
        for subject in ("person-1", "person-2"):
            vault.destroy(connection, subject)
            vault.destroy(connection, subject)
            assert vault.is_destroyed(connection, subject)
            with pytest.raises(RuleBroken):
                vault.seal(connection, subject, b"p", b"y")
        assert not vault.is_destroyed(connection, "person-3")


def test_destroying_leaves_no_trace_of_the_key_in_the_file(database: Database, tmp_path: Path) -> None:
    vault = vault_with(old=OLD)
    people = [f"person-{number}" for number in range(40)]
    with database.write() as connection:
        for person in people:
            vault.seal(connection, person, b"p", b"x")
        wrapped: list[bytes] = list(connection.scalars(select(DATA_KEY.c.wrapped)))
    with database.write() as connection:
        for person in people:
            vault.destroy(connection, person)
    database.dispose()
    content = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"person-1" in content
    assert not [key for key in wrapped if key in content]


def test_another_vault_of_the_same_database_cannot_open_after_a_destruction(database: Database) -> None:
    first, second = vault_with(old=OLD), vault_with(old=OLD)
    with database.write() as connection:
        sealed = first.seal(connection, "person-1", b"p", b"x")
        assert second.open(connection, b"p", sealed) == b"x"
        first.destroy(connection, "person-1")
        assert second.open(connection, b"p", sealed) is None


def test_a_wrapped_key_moved_to_another_subject_does_not_open(database: Database) -> None:
    vault = vault_with(old=OLD)
    with database.write() as connection:
        vault.seal(connection, "person-1", b"p", b"x")
        connection.execute(DATA_KEY.update().values(subject="person-2"))
        with pytest.raises(MasterKeyError):
            vault.seal(connection, "person-2", b"p", b"x")


def test_rotation_moves_every_key_and_then_needs_the_old_master_key_no_more(database: Database) -> None:
    old, both, new = vault_with(old=OLD), vault_with(new=NEW, old=OLD), vault_with(new=NEW)
    with database.write() as connection:
        old.check_master_key(connection)
        sealed = old.seal(connection, "person-1", b"p", b"x")
        old.destroy(connection, "person-2")
        both.check_master_key(connection)
        assert both.open(connection, b"p", sealed) == b"x"
        with pytest.raises(MasterKeyError, match="'old', which is missing"):
            new.check_master_key(connection)
        assert (both.rewrap(connection), both.rewrap(connection)) == (1, 0)
        new.check_master_key(connection)
        assert new.open(connection, b"p", sealed) == b"x"
        assert new.is_destroyed(connection, "person-2")


def test_a_wrong_master_key_under_the_same_name_stops_the_start(database: Database) -> None:
    with database.write() as connection:
        vault_with(old=OLD).check_master_key(connection)
        vault_with(old=OLD).check_master_key(connection)
        with pytest.raises(MasterKeyError, match="'old' is not the one this database was started with"):
            vault_with(old=WRONG).check_master_key(connection)


def test_a_wrong_old_key_beside_a_new_one_stops_the_start_too(database: Database) -> None:
    with database.write() as connection:
        vault_with(old=OLD).check_master_key(connection)
        with pytest.raises(MasterKeyError, match="'old' is not"):
            vault_with(new=NEW, old=WRONG).check_master_key(connection)


def test_without_any_master_key_nothing_starts() -> None:
    with pytest.raises(MasterKeyError, match="CASELEDGER_MASTER_KEYS"):
        MasterKeys({})
