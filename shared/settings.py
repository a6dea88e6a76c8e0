"""Every setting, read once from the environment; `.env.example` lists each with its default and meaning."""

import base64
import binascii
import secrets
from dataclasses import dataclass
from pathlib import Path

from environs import Env

from shared.bus.kafka_settings import KafkaSettings
from shared.errors import RuleBroken
from shared.privacy.keys import KEY_BYTES, MasterKeyError, derive

SERVICES = ("case", "groups", "outreach", "reporting")
DATABASES = (*SERVICES, "auth")
DEMO_MARK = "this-is-a-demo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one process; `master_keys` maps a key id to 32 bytes, and the first one seals."""

    data: Path
    host: str
    port: int
    public_url: str
    master_keys: dict[str, bytes]
    hash_key: bytes
    database_urls: dict[str, str]
    internal_url: str = ""
    kafka: KafkaSettings | None = None
    bus_partitions: int
    session_hours: int
    threads: int
    workers: int = 1
    metrics_port: int = 0
    log_level: str
    demo: bool

    def database_url(self, name: str) -> str:
        """Return the address of the database `name` (a service, or `auth`): SQLite in the data directory by default."""
        return self.database_urls.get(name) or f"sqlite:///{self.data / name}.db"


def load_settings(*, keys: bool = True) -> Settings:
    """Read the settings from the environment; make the data directory, and its master key, when they are new.

    A process that opens nothing sealed does without `keys`, and then without a data directory too.
    """
    env = Env()
    data = _data(env)
    master_keys = _master_keys(env.str("CASELEDGER_MASTER_KEYS", ""), data) if keys else {}
    port = env.int("PORT", 8000)
    urls = {name: env.str(f"CASELEDGER_{name.upper()}_DATABASE", "") for name in DATABASES}
    return Settings(
        data=data,
        host=env.str("CASELEDGER_HOST", "127.0.0.1"),
        port=port,
        public_url=env.str("CASELEDGER_PUBLIC_URL", "") or f"http://localhost:{port}",
        master_keys=master_keys,
        hash_key=derive(master_keys[list(master_keys)[-1]], "caseledger hashes") if keys else b"",
        database_urls={name: url for name, url in urls.items() if url},
        internal_url=env.str("CASELEDGER_INTERNAL_URL", ""),
        kafka=_kafka(env),
        bus_partitions=env.int("CASELEDGER_BUS_PARTITIONS", 4),
        session_hours=env.int("CASELEDGER_SESSION_HOURS", 12),
        threads=env.int("CASELEDGER_THREADS", 8),
        workers=env.int("CASELEDGER_WORKERS", 1),
        metrics_port=env.int("CASELEDGER_METRICS_PORT", 0),
        log_level=env.str("CASELEDGER_LOG_LEVEL", "INFO").upper(),
        demo=(data / DEMO_MARK).exists(),
    )


def _kafka(env: Env) -> KafkaSettings | None:
    """Where the bus is: nowhere but in the data directory, or on these brokers."""
    bus = env.str("CASELEDGER_BUS", "") or "embedded"
    if bus == "embedded":
        return None
    return KafkaSettings(
        servers=tuple(server.strip() for server in bus.split(",")),
        replication=env.int("CASELEDGER_KAFKA_REPLICATION", 1),
        min_insync=env.int("CASELEDGER_KAFKA_MIN_INSYNC", 1),
        security=env.str("CASELEDGER_KAFKA_SECURITY", "PLAINTEXT"),
        ca=env.str("CASELEDGER_KAFKA_CA", ""),
        certificate=env.str("CASELEDGER_KAFKA_CERTIFICATE", ""),
        key=env.str("CASELEDGER_KAFKA_KEY", ""),
        key_password=env.str("CASELEDGER_KAFKA_KEY_PASSWORD", ""),
        mechanism=env.str("CASELEDGER_KAFKA_SASL_MECHANISM", ""),
        username=env.str("CASELEDGER_KAFKA_USERNAME", ""),
        password=env.str("CASELEDGER_KAFKA_PASSWORD", ""),
    )


def mark_as_demo() -> None:
    """Make a new data directory a demo, where alone time may be moved; one that holds real data never becomes one."""
    data = _data(Env())
    if not (data / DEMO_MARK).exists() and data.exists() and any(data.iterdir()):
        raise RuleBroken(
            "not_a_demo", "%(data)s already holds data that is no demo. Name another CASELEDGER_DATA.", data=str(data)
        )
    load_settings()
    (data / DEMO_MARK).touch()


def _data(env: Env) -> Path:
    return Path(env.str("CASELEDGER_DATA", ".data")).resolve()


def _master_keys(value: str, data: Path) -> dict[str, bytes]:
    """Take the master keys from the setting, else from the file `master.key`, which is made with a new directory."""
    file = data / "master.key"
    new = not data.exists() or not any(data.iterdir())
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    if value:
        return _parsed(value, "CASELEDGER_MASTER_KEYS")
    if new:
        file.touch(mode=0o600)
        file.write_text(f"main:{base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()}\n", encoding="ascii")
    if not file.exists():
        raise MasterKeyError(
            f"{data} holds data but no master key. Put the file master.key back into it from your backup, or set "
            "CASELEDGER_MASTER_KEYS to the key it was sealed with."
        )
    return _parsed(file.read_text(encoding="ascii"), str(file))


def _parsed(text: str, source: str) -> dict[str, bytes]:
    keys: dict[str, bytes] = {}
    for part in text.replace("\n", ",").split(","):
        key_id, _, encoded = part.strip().partition(":")
        if not key_id:
            continue
        try:
            keys[key_id] = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            raise MasterKeyError(f"{source}: the key '{key_id}' is not base64.") from None
        if len(keys[key_id]) != KEY_BYTES:
            raise MasterKeyError(f"{source}: the key '{key_id}' must be {KEY_BYTES} bytes in base64.")
    if not keys:
        raise MasterKeyError(f"{source} holds no key. Write it as id:base64.")
    return keys
