"""The rows of a file while it is being imported: sealed, and unreadable for ever as soon as their salt is gone."""

import hmac
import secrets
from typing import Any

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.privacy.keys import NONCE_BYTES

SALT_BYTES = 32


def new_salt() -> bytes:
    """A salt for one import."""
    return secrets.token_bytes(SALT_BYTES)


class Sealer:
    """Seals and opens what belongs to one import."""

    def __init__(self, hash_key: bytes, import_id: str, salt: bytes) -> None:
        self._cipher = AESGCM(hmac.digest(hash_key, b"import:" + salt, "sha256"))
        self._import_id = import_id

    def seal(self, place: str, content: Any) -> bytes:
        """Return `content` as sealed JSON, bound to its place in this import."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, msgspec.json.encode(content), self._bound(place))

    def open(self, place: str, sealed: bytes) -> Any:
        """Return what was sealed at this place."""
        plain = self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], self._bound(place))
        return msgspec.json.decode(plain)

    def _bound(self, place: str) -> bytes:
        return f"{self._import_id}\n{place}".encode()
