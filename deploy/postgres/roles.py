"""Makes the roles and databases of an installation in containers, with the passwords that `deploy.secrets` has made.

    python -m deploy.postgres.roles DIRECTORY HOST

One database and one role per service and one for the accounts, and one role per relay, which may connect and no more:
what it may read is said by `caseledger migrate --relays`. What exists keeps its data and gets its password again.
"""

import sys
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier, Literal

from deploy.secrets import OWNERS, RELAYS, SUPERUSER, password_of


def make_roles(directory: Path, host: str) -> None:
    """Make the roles and databases that are missing."""
    password = password_of(SUPERUSER, directory)
    with psycopg.connect(host=host, user=SUPERUSER, password=password, dbname="postgres", autocommit=True) as server:
        for role in (*OWNERS, *RELAYS):
            _make_role(server, role, password_of(role, directory))
        for database in OWNERS:
            _make_database(server, database)
        for role in RELAYS:
            database = role.removesuffix("_relay")
            server.execute(SQL("GRANT CONNECT ON DATABASE {} TO {}").format(Identifier(database), Identifier(role)))


def _make_role(server: psycopg.Connection, role: str, password: str) -> None:
    known = server.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
    statement = SQL("ALTER ROLE {} LOGIN PASSWORD {}" if known else "CREATE ROLE {} LOGIN PASSWORD {}")
    server.execute(statement.format(Identifier(role), Literal(password)))


def _make_database(server: psycopg.Connection, name: str) -> None:
    if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
        server.execute(SQL("CREATE DATABASE {0} OWNER {0}").format(Identifier(name)))
    server.execute(SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(Identifier(name)))


if __name__ == "__main__":
    try:
        make_roles(Path(sys.argv[1]), sys.argv[2])
    except psycopg.OperationalError as error:
        sys.exit(
            f"{error}\nIf the password is refused, the volumes `database` and `passwords` are of two installations: put"
            " the one back that was there before."
        )
