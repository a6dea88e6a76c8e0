"""PostgreSQL for tests: a server named in the environment, else one started from the binaries found on the machine."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uuid_utils
from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.exc import OperationalError

ADDRESS_VARIABLE = "CASELEDGER_TEST_POSTGRES"
_START_SECONDS = 60


class NoPostgres(RuntimeError):
    """There is neither an address of a PostgreSQL server nor one on this machine."""


@contextmanager
def running_postgres() -> Iterator[str]:
    """Yield the address of a server whose user may create databases; one started here ends with the block.

    Its files lie in a temporary directory, and it does not wait for the disk unless `CASELEDGER_TEST_FSYNC=on`.
    """
    address = os.environ.get(ADDRESS_VARIABLE)
    if address:
        yield address
        return
    binaries = _binaries()
    with tempfile.TemporaryDirectory(prefix="caseledger-pg-") as name:
        directory = Path(name)
        if os.getuid() == 0:
            account = pwd.getpwnam("postgres")
            os.chown(directory, account.pw_uid, account.pw_gid)
        _initialise(binaries, directory)
        server = _start(binaries, directory)
        try:
            url = URL.create("postgresql+psycopg", "postgres", database="postgres", query={"host": name})
            _wait_until_ready(url, server)
            yield url.render_as_string(hide_password=False)
        finally:
            # Fast shutdown: a client that is still connected is not waited for.
            server.send_signal(signal.SIGINT)
            server.wait(_START_SECONDS)


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


def _binaries() -> Path:
    """Find the newest server on this machine: Debian keeps it off the path."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    found = [path.parent for path in places]
    if on_path := shutil.which("postgres"):
        found.append(Path(on_path).parent)
    if not found:
        raise NoPostgres(f"needs a PostgreSQL server: set {ADDRESS_VARIABLE} or install PostgreSQL")
    return found[-1]


def _initialise(binaries: Path, directory: Path) -> None:
    options = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync"]
    subprocess.run(  # noqa: S603 - the binaries were found by us
        [*_as_server_user(), str(binaries / "initdb"), "-D", str(directory / "data"), *options],
        check=True,
        capture_output=True,
        cwd=directory,
    )


def _start(binaries: Path, directory: Path) -> subprocess.Popen[bytes]:
    fsync = "on" if os.environ.get("CASELEDGER_TEST_FSYNC") == "on" else "off"
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(directory),
        "fsync": fsync,
        "full_page_writes": fsync,
        "max_connections": "100",
        "shared_buffers": "64MB",
    }
    options = [f"--{name}={value}" for name, value in settings.items()]
    with (directory / "log").open("wb") as log:
        return subprocess.Popen(  # noqa: S603
            [*_as_server_user(), str(binaries / "postgres"), "-D", str(directory / "data"), *options],
            stdout=log,
            stderr=log,
            cwd=directory,
        )


def _as_server_user() -> list[str]:
    """PostgreSQL refuses to run as root; and it must not outlive a test run that was killed."""
    if not sys.platform.startswith("linux"):
        return []
    end_with_parent = ["setpriv", "--pdeathsig", "INT"]
    if os.getuid() != 0:
        return end_with_parent
    account = pwd.getpwnam("postgres")
    user = [f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
    return ["setpriv", *user, "--", *end_with_parent]


def _wait_until_ready(url: URL, server: subprocess.Popen[bytes]) -> None:
    engine = create_engine(url)
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            engine.connect().close()
        except OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            engine.dispose()
            return
