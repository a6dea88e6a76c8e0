"""Fixtures that every level may use."""

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher
from hypothesis import settings

from shared.auth import passwords
from shared.testing.migrations import migrated_once

pytest_plugins = ["shared.testing.plugin", "tests.running_stack"]

# How long an example takes says nothing on a busy machine.
settings.register_profile("caseledger", deadline=None)
settings.load_profile("caseledger")


@pytest.fixture(scope="session", autouse=True)
def careful_hasher() -> Iterator[PasswordHasher]:
    """The program's own. In this process another one hashes in a moment: a run checks some thousands of passwords."""
    careful = passwords._HASHER
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        yield careful


@pytest.fixture(scope="session", autouse=True)
def migrations_once() -> Iterator[None]:
    """New databases of one kind all get what the migrations have sent to the first."""
    with migrated_once():
        yield
