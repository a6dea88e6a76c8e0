"""One PostgreSQL server as an ordinary process, from the binaries of this machine: for tests, and without Docker."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from sqlalchemy import URL, create_engine
from sqlalchemy.exc import OperationalError

_START_SECONDS = 60
STOP_SIGNAL = signal.SIGINT
"""Fast shutdown: a client that is still connected is not waited for."""


class NoPostgres(RuntimeError):
    """There is no PostgreSQL server on this machine, or it cannot run here."""


class Server:
    """A server whose files lie in `directory`; its user `postgres` may do everything.

    With a `port` it listens there on this machine alone and asks for the `password`. Without one there is only a
    socket in the directory, whose rights say who may come in. `durable` waits for the disk.
    """

    def __init__(self, directory: Path, port: int = 0, *, password: str = "", durable: bool = True) -> None:
        self._binaries = _binaries()
        self._directory, self._port, self._password = directory, port, password
        self._durable = durable
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def command(self) -> list[str]:
        """What runs the server, once it is prepared."""
        fsync = "on" if self._durable else "off"
        settings = {
            "listen_addresses": "127.0.0.1" if self._port else "",
            "port": str(self._port or 5432),
            "unix_socket_directories": "" if self._port else str(self._directory),
            "fsync": fsync,
            "full_page_writes": fsync,
            "max_connections": "200",
            "shared_buffers": "64MB",
        }
        options = [f"--{name}={value}" for name, value in settings.items()]
        return [*_as_server_user(), str(self._binaries / "postgres"), "-D", str(self._directory / "data"), *options]

    def url(self, user: str = "postgres", database: str = "postgres", password: str | None = None) -> str:
        """The address of a database on this server."""
        if self._port:
            secret = self._password if password is None else password
            address = URL.create("postgresql+psycopg", user, secret, "127.0.0.1", self._port, database)
        else:
            address = URL.create("postgresql+psycopg", user, database=database, query={"host": str(self._directory)})
        return address.render_as_string(hide_password=False)

    def prepare(self) -> None:
        """Make the server's files, unless they are there."""
        if (self._directory / "data" / "PG_VERSION").exists():
            return
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        secret = self._directory / "password"
        secret.touch(mode=0o600)
        secret.write_text(f"{self._password or 'none'}\n", encoding="ascii")
        if os.getuid() == 0:
            account = pwd.getpwnam("postgres")
            for path in (self._directory, secret):
                os.chown(path, account.pw_uid, account.pw_gid)
        self._initialise(secret)
        secret.unlink()

    def start(self) -> None:
        """Start, and return when clients may connect."""
        self.prepare()
        with (self._directory / "log").open("wb") as log:
            self._process = subprocess.Popen(self.command, stdout=log, stderr=log, cwd=self._directory)  # noqa: S603
        try:
            self.wait_until_ready()
        except OperationalError:
            self.stop()
            raise

    def wait_until_ready(self) -> None:
        """Return when clients may connect, or raise what keeps them out after a minute."""
        engine = create_engine(self.url())
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                engine.connect().close()
            except OperationalError:
                ended = self._process is not None and self._process.poll() is not None
                if ended or time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
            else:
                engine.dispose()
                return

    def stop(self) -> None:
        """Stop in order."""
        if self._process is not None:
            self._process.send_signal(STOP_SIGNAL)
            self._process.wait(_START_SECONDS)
            self._process = None

    def _initialise(self, secret: Path) -> None:
        options = ["--auth-local=trust", "--auth-host=scram-sha-256", "--username=postgres", f"--pwfile={secret}"]
        more = ["--encoding=UTF8", "--locale=C", *(() if self._durable else ("--no-sync",))]
        done = subprocess.run(  # noqa: S603 - the binaries were found by us
            [
                *_as_server_user(),
                str(self._binaries / "initdb"),
                "-D",
                str(self._directory / "data"),
                *options,
                *more,
            ],
            check=False,
            capture_output=True,
            text=True,
            cwd=self._directory,
        )
        if done.returncode != 0:
            raise NoPostgres(f"the server's files could not be made: {(done.stdout + done.stderr)[-2000:]}")


def _binaries() -> Path:
    """Find the newest server on this machine: Debian keeps it off the path."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    found = [path.parent for path in places]
    if on_path := shutil.which("postgres"):
        found.append(Path(on_path).parent)
    if not found:
        raise NoPostgres("PostgreSQL is not installed")
    return found[-1]


def _as_server_user() -> list[str]:
    """PostgreSQL refuses to run as root; and it must not outlive who started it and was killed."""
    if not sys.platform.startswith("linux"):
        return []
    end_with_parent = ["setpriv", "--pdeathsig", "INT"]
    if os.getuid() != 0:
        return end_with_parent
    account = pwd.getpwnam("postgres")
    user = [f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
    return ["setpriv", *user, "--", *end_with_parent]
