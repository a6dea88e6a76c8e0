"""Master keys: they come from the settings, never touch a database, and wrap the data keys that do.

Two are accepted while rotating: list the new one first, run `Vault.rewrap`, then take the old one away.
"""

import secrets
from collections.abc import Iterator, Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
NONCE_BYTES = 12


class MasterKeyError(RuntimeError):
    """The master keys do not fit what is stored; the message says what to do."""


class MasterKeys:
    """The accepted master keys by their ids; the first one wraps, all of them unwrap."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        if not keys:
            raise MasterKeyError("There is no master key. Set CASELEDGER_MASTER_KEYS.")
        self._keys = dict(keys)
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self.first = next(iter(keys))

    def __contains__(self, key_id: str) -> bool:
        return key_id in self._keys

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def wrap(self, subject: str, key: bytes) -> bytes:
        """Return a data key as stored: readable only with the first master key, and only for this subject."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._ciphers[self.first].encrypt(nonce, key, _bound_to(subject))

    def unwrap(self, subject: str, key_id: str, wrapped: bytes) -> bytes:
        """Return the data key that was wrapped with the master key `key_id`."""
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise MasterKeyError(f"The master key '{key_id}' is needed. Add it to CASELEDGER_MASTER_KEYS.")
        try:
            return cipher.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], _bound_to(subject))
        except InvalidTag:
            raise MasterKeyError(f"The master key '{key_id}' does not open the data key of {subject}.") from None

    def check_value(self, key_id: str) -> bytes:
        """Return what proves that the same master key is at hand, and tells nothing about it."""
        return derive(self._keys[key_id], "caseledger master key check")


def derive(key: bytes, purpose: str) -> bytes:
    """Return a key for one purpose, derived from a master key by HKDF."""
    return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=purpose.encode()).derive(key)


def _bound_to(subject: str) -> bytes:
    return b"data key of " + subject.encode()
