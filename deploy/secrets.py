"""Makes what an installation in containers keeps secret, once, in volumes that only those mount who need them.

    python -m deploy.secrets [--demo] DIRECTORY

Every role of the database server gets a random password, in `passwords`. From these each reader's directory is written
anew at every start: the passwords it needs and no others, in the format that PostgreSQL's clients read. The data
directory gets the master key and the set-up code. Nobody has to choose, type or remember any of it; whoever
operates the machine keeps a copy of the master key elsewhere. `--demo` only marks a new data directory as a demo.
"""

import secrets
import sys
from collections.abc import Iterable
from pathlib import Path

from shared.auth.setup_code import setup_code
from shared.errors import RuleBroken
from shared.privacy.keys import MasterKeyError
from shared.relay.grants import relay_role
from shared.settings import DATABASES, SERVICES, load_settings, mark_as_demo

SUPERUSER = "postgres"


def owner(name: str) -> str:
    """Return the role that owns a database, which is also the database's name."""
    return f"caseledger_{name}"


OWNERS = tuple(map(owner, DATABASES))
RELAYS = tuple(relay_role(owner(service)) for service in SERVICES)
READERS = {
    **{service: (owner(service), owner("auth")) for service in SERVICES},
    "relay": RELAYS,
    # The operator's commands and the migrations.
    "passwords": OWNERS,
}


def password_of(role: str, directory: Path) -> str:
    """Return the password of a role; it is made when first asked for."""
    file = directory / "passwords" / role
    if not file.exists():
        _write(file, secrets.token_urlsafe(24), 0o400)
    return file.read_text(encoding="ascii").strip()


def make_secrets(directory: Path) -> None:
    """Make what is missing; what is there stays."""
    for role in (SUPERUSER, *OWNERS, *RELAYS):
        password_of(role, directory)
    for reader, roles in READERS.items():
        # Its readers refuse a file that anybody else may read.
        _write(directory / reader / "pgpass", _pgpass(roles, directory), 0o400)
    # The server's account has another number; nobody else mounts this volume.
    _write(directory / "postgres" / "password", password_of(SUPERUSER, directory), 0o444)
    setup_code(load_settings().data)


def _mark_as_demo() -> None:
    try:
        mark_as_demo()
    except RuleBroken:
        sys.exit(
            "This installation holds real data and never becomes a demo. Give the demo volumes of its own:"
            " PORT=8001 docker compose -p caseledger-demo --profile demo up --wait"
        )


def _pgpass(roles: Iterable[str], directory: Path) -> str:
    return "\n".join(f"*:*:*:{role}:{password_of(role, directory)}" for role in roles)


def _write(file: Path, text: str, mode: int) -> None:
    """Write a file whole or not at all, closed to others from its first moment."""
    new = file.with_name(f"{file.name}.new")
    new.unlink(missing_ok=True)
    new.touch(mode=0o600)
    new.write_text(f"{text}\n", encoding="ascii")
    new.chmod(mode)
    new.replace(file)


def main(arguments: list[str]) -> None:
    """Run the command."""
    try:
        if arguments[:1] == ["--demo"]:
            _mark_as_demo()
        else:
            make_secrets(Path(arguments[0]))
    except MasterKeyError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main(sys.argv[1:])
