"""Where everything of a stack is: its files, its ports, its databases, and the settings that follow from them."""

import hmac
import os
import secrets
import shlex
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path

from sqlalchemy import create_engine, text

from deploy.kafka.node import Node
from deploy.postgres.server import Server
from shared.relay.grants import relay_role
from shared.settings import DATABASES, SERVICES

NAMES = ("front", *SERVICES, "postgres", "kafka", "controller")
"""What listens, each on the port after that of the one before it."""


class StackFailed(Exception):
    """The stack cannot run here; the text says why."""


class Layout:
    """A stack with its files in `data` and the services together at `port`; `given` are settings beside its own."""

    def __init__(self, data: Path, port: int, given: Mapping[str, str], *, quick: bool) -> None:
        self.data, self.own, self.log = data, data / "stack", data / "stack" / "log"
        self.ports = {name: port + offset for offset, name in enumerate(NAMES)}
        self.address = f"http://127.0.0.1:{port}"
        self._given = dict(given)
        self._check()
        self._secret = self._prepare()
        ports = self.ports
        self.postgres = Server(
            self.own / "postgres", ports["postgres"], password=self._password("postgres"), durable=not quick
        )
        self.kafka = Node(self.own / "kafka", ports["kafka"], ports["controller"], quick=quick)

    @property
    def settings(self) -> dict[str, str]:
        """The settings that every process here shares, and an operator's commands too."""
        databases = {f"CASELEDGER_{name.upper()}_DATABASE": self._database(name) for name in DATABASES}
        own = {
            "CASELEDGER_DATA": str(self.data),
            "CASELEDGER_BUS": self.kafka.address,
            "PORT": str(self.ports["front"]),
        }
        addresses = {
            "CASELEDGER_PUBLIC_URL": f"http://localhost:{self.ports['front']}",
            "CASELEDGER_INTERNAL_URL": self.address,
        }
        return addresses | self._given | databases | own

    def write_settings(self) -> Path:
        """Leave the settings in a file that a shell can read, for `caseledger` commands beside the stack."""
        file = self.own / "settings"
        file.touch(mode=0o600)
        # A key that was given in the environment alone shall not lie beside the data that it seals.
        told = {name: value for name, value in self.settings.items() if name != "CASELEDGER_MASTER_KEYS"}
        lines = [f"export {name}={shlex.quote(value)}\n" for name, value in told.items()]
        file.write_text("".join(lines), encoding="utf-8")
        return file

    def relay_settings(self, service: str) -> dict[str, str]:
        """What differs for a relay: its role may read nothing that is sealed."""
        role = relay_role(_role(service))
        return {f"CASELEDGER_{service.upper()}_DATABASE": self.postgres.url(role, _role(service), self._password(role))}

    def make_databases(self) -> None:
        """Each service, and the accounts, get a database and a role of their own, each relay a role; once."""
        engine = create_engine(self.postgres.url(), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            found = set(connection.execute(text("SELECT datname FROM pg_database")).scalars())
            for name in DATABASES:
                if _role(name) not in found:
                    for statement in self._making(name):
                        connection.execute(text(statement))
        engine.dispose()

    def _making(self, name: str) -> Iterator[str]:
        """The database is made last of what can fail, so that its name says that its roles are there."""
        owner = _role(name)
        relays = [relay_role(owner)] if name in SERVICES else []
        for role, secret in ((owner, name), *((relay, relay) for relay in relays)):
            yield f"DROP ROLE IF EXISTS {role}"
            yield f"CREATE ROLE {role} LOGIN PASSWORD '{self._password(secret)}'"
        yield f"CREATE DATABASE {owner} OWNER {owner}"
        yield f"REVOKE CONNECT ON DATABASE {owner} FROM PUBLIC"
        for relay in relays:
            yield f"GRANT CONNECT ON DATABASE {owner} TO {relay}"

    def _database(self, name: str) -> str:
        return self.postgres.url(_role(name), _role(name), self._password(name))

    def _password(self, name: str) -> str:
        return hmac.digest(self._secret.encode(), name.encode(), "sha256").hex()

    def _check(self) -> None:
        if (self.data / "case.db").exists():
            raise StackFailed(f"{self.data} holds a suite in one process, on SQLite. Name another CASELEDGER_DATA.")
        for name, port in self.ports.items():
            if not is_free(port):
                raise StackFailed(
                    f"Port {port} ({name}) is in use. Choose another PORT; the ports behind it are used too."
                )

    def _prepare(self) -> str:
        """Make the directories and the secret from which all passwords follow."""
        self.log.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.getuid() == 0:
            # PostgreSQL is a user of its own then, who must reach its files; every file beside them guards itself.
            for directory in (self.data, self.own):
                directory.chmod(0o711)
        secret = self.own / "secret"
        if not secret.exists():
            secret.touch(mode=0o600)
            secret.write_text(secrets.token_hex(24), encoding="ascii")
        return secret.read_text(encoding="ascii")


def is_free(port: int) -> bool:
    """Say whether a server could listen there."""
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _role(name: str) -> str:
    return f"caseledger_{name}"
