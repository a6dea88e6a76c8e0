"""How a process reaches its brokers, and how the topics there must be made."""

from dataclasses import dataclass, field
from typing import Any


class WrongTopic(Exception):
    """A topic is not as it must be: it could lose messages. An operator has to put it right before the start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KafkaSettings:
    """The brokers, the copies they keep of every message, and how a client makes itself known to them."""

    servers: tuple[str, ...]
    replication: int = 1
    min_insync: int = 1
    security: str = "PLAINTEXT"
    ca: str = ""
    certificate: str = ""
    key: str = ""
    key_password: str = field(default="", repr=False)
    mechanism: str = ""
    username: str = ""
    password: str = field(default="", repr=False)

    def options(self) -> dict[str, Any]:
        """Return what every client is made with."""
        return {
            "bootstrap_servers": list(self.servers),
            "bootstrap_timeout_ms": 10_000,
            "request_timeout_ms": 10_000,
            # A broker that was away for minutes is noticed within seconds of its return.
            "reconnect_backoff_max_ms": 1_000,
            # A topic made anew, and a leader that has moved, are noticed soon; the question is a small one.
            "metadata_max_age_ms": 5_000,
            "security_protocol": self.security,
            "ssl_cafile": self.ca or None,
            "ssl_certfile": self.certificate or None,
            "ssl_keyfile": self.key or None,
            "ssl_password": self.key_password or None,
            "sasl_mechanism": self.mechanism or None,
            "sasl_plain_username": self.username or None,
            "sasl_plain_password": self.password or None,
        }
