"""PostgreSQL's own programs: the newest on this machine. No password stands on a command line."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import IO, Any

from psycopg.conninfo import make_conninfo
from sqlalchemy import make_url

from services.operations.refusal import Refused


def run_tool(name: str, url: str, *words: str, into: IO[bytes] | None = None) -> None:
    """Run `pg_dump`, `pg_restore` or `psql` on the database at `url`; raises `Refused` with what it complains about."""
    address, environment = _address(url)
    command = [_found(name), f"--dbname={address}", *words]
    done = subprocess.run(command, env=environment, stdin=into, capture_output=True, check=False)  # noqa: S603
    if done.returncode:
        raise Refused(f"{name}: {done.stderr.decode(errors='replace').strip()}")


def _found(name: str) -> str:
    """Debian keeps the programs of a version off the path, and those on it choose a version by themselves."""
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    found = str(places[-1]) if places else shutil.which(name)
    if found is None:
        raise Refused(f"{name} is needed: install PostgreSQL's client programs on this machine.")
    return found


def _address(url: str) -> tuple[str, dict[str, str]]:
    place = make_url(url)
    _, given = place.get_dialect()().create_connect_args(place)
    options: dict[str, Any] = dict(given)
    password = options.pop("password", None)
    environment = {**os.environ} | ({"PGPASSWORD": str(password)} if password else {})
    return make_conninfo(**options), environment
