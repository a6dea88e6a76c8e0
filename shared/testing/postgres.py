"""PostgreSQL for tests: a server named in the environment, else in a container, else from the machine's binaries."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import uuid_utils
from sqlalchemy import create_engine, make_url, text

from deploy.postgres.server import NoPostgres, Server
from shared.testing.containers import NoContainer, may_use_machine, postgres_container

__all__ = ["ADDRESS_VARIABLE", "NoPostgres", "fresh_database", "running_postgres"]

ADDRESS_VARIABLE = "CASELEDGER_TEST_POSTGRES"


@contextmanager
def running_postgres() -> Iterator[str]:
    """Yield the address of a server whose user may create databases; one started here ends with the block.

    Its files lie in a temporary directory, and it does not wait for the disk unless `CASELEDGER_TEST_FSYNC=on`.
    """
    address, durable = os.environ.get(ADDRESS_VARIABLE), os.environ.get("CASELEDGER_TEST_FSYNC") == "on"
    if address:
        yield address
        return
    with ExitStack() as stack:
        try:
            url = stack.enter_context(postgres_container(durable=durable))
        except NoContainer as reason:
            if not may_use_machine():
                raise NoPostgres(f"needs PostgreSQL in a container: {reason}") from reason
            url = stack.enter_context(_own_server(durable=durable))
        yield url


@contextmanager
def _own_server(*, durable: bool) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="caseledger-pg-") as name:
        server = Server(Path(name), durable=durable)
        server.start()
        try:
            yield server.url()
        finally:
            server.stop()


@contextmanager
def fresh_database(server: str) -> Iterator[str]:
    """Yield the address of a new empty database on `server`, dropped after the block."""
    name = f"test_{uuid_utils.uuid4().hex}"
    _administer(server, f'CREATE DATABASE "{name}"')
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        _administer(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def _administer(server: str, statement: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
