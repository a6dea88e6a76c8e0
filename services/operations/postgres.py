"""PostgreSQL's own programs: the newest on this machine. No password stands on a command line."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from psycopg.conninfo import make_conninfo
from sqlalchemy import make_url

from services.operations.refusal import Refused


def run_tool(name: str, url: str | None, *words: str) -> None:
    """Run a program of PostgreSQL, on the database at `url` if there is one; raises `Refused` with its complaint."""
    place, environment = ([], dict(os.environ)) if url is None else _address(url)
    command = [_found(name), *place, *words]
    done = subprocess.run(command, env=environment, capture_output=True, check=False)  # noqa: S603
    if done.returncode:
        raise Refused(f"{name}: {done.stderr.decode(errors='replace').strip()}")


def _found(name: str) -> str:
    """Debian keeps the programs of a version off the path, and those on it choose a version by themselves."""
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    found = str(places[-1]) if places else shutil.which(name)
    if found is None:
        raise Refused(f"{name} is needed: install PostgreSQL's client programs on this machine.")
    return found


def _address(url: str) -> tuple[list[str], dict[str, str]]:
    place = make_url(url)
    _, given = place.get_dialect()().create_connect_args(place)
    options: dict[str, Any] = dict(given)
    password = options.pop("password", None)
    environment = {**os.environ} | ({"PGPASSWORD": str(password)} if password else {})
    return [f"--dbname={make_conninfo(**options)}"], environment


def restore_dump(url: str, dump: Path) -> None:
    """Put a dump in the place of everything in the schema `public`, in one transaction."""
    with tempfile.TemporaryDirectory(prefix="caseledger-restore-") as directory:
        script = Path(directory) / "restore.sql"
        run_tool("pg_restore", None, "--no-owner", "--no-privileges", f"--file={script}", str(dump))
        words = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
        clean = "DROP SCHEMA public CASCADE; CREATE SCHEMA public"
        run_tool("psql", url, *words, f"--command={clean}", f"--file={script}")
