"""The pytest plugin of the shared fixtures: `pytest_plugins = ["shared.testing.plugin"]` in `tests/conftest.py`."""

import os
from collections.abc import Iterator

import pytest

from shared.testing.kafka import NoKafka, running_kafka
from shared.testing.postgres import ADDRESS_VARIABLE, NoPostgres, fresh_database, running_postgres


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of a PostgreSQL server; skipped by name where there is none, failed when `REQUIRE=all`."""
    try:
        with running_postgres() as address:
            yield address
    except NoPostgres as reason:
        missing(f"needs PostgreSQL, or the address of a server in {ADDRESS_VARIABLE}: {reason}")


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[str]:
    """The address of a fresh empty PostgreSQL database."""
    with fresh_database(postgres_url) as address:
        yield address


@pytest.fixture(scope="session")
def kafka_address() -> Iterator[str]:
    """The address of a Kafka broker; skipped by name where there is none, failed when `REQUIRE=all`."""
    try:
        with running_kafka() as address:
            yield address
    except NoKafka as reason:
        missing(f"needs Apache Kafka: {reason}")


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Mark what needs the broker, and keep it on one worker, so that one broker serves a whole run."""
    for item in items:
        if "kafka_address" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.kafka)
            item.add_marker(pytest.mark.xdist_group("kafka"))
    # A wrapper, because xdist reads the marks in this same hook.
    yield


def missing(reason: str) -> None:
    """Skip the test for want of something outside Python, or fail it when everything is required."""
    if os.environ.get("REQUIRE") == "all":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
