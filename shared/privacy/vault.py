"""The vault seals and opens with one data key per subject, and forgets a subject by destroying its key.

A subject is a person, a contact token, or an entry that is about several people. Data keys lie in the service's own
database, wrapped by a master key. No unwrapped key is kept between two calls: every call reads the stored key in the
caller's transaction, so that a key destroyed by any process opens nothing from then on.
"""

import secrets
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, Insert, bindparam, func, null, select, update
from sqlalchemy.dialects import postgresql, sqlite

from shared.clock import Clock
from shared.database import to_micros
from shared.errors import RuleBroken
from shared.prepared import Prepared, one_of
from shared.privacy.keys import KEY_BYTES, NONCE_BYTES, MasterKeyError, MasterKeys
from shared.privacy.tables import DATA_KEY, MASTER_KEY_CHECK

_KEYS = Prepared(
    select(DATA_KEY.c.subject, DATA_KEY.c.wrapped, DATA_KEY.c.master_key_id).where(
        one_of(DATA_KEY.c.subject, "subjects")
    )
)
_NEW_KEY: Mapping[str, Insert] = {
    "sqlite": sqlite.insert(DATA_KEY).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(DATA_KEY).on_conflict_do_nothing(),
}
_FIRST_CHECK: Mapping[str, Insert] = {
    "sqlite": sqlite.insert(MASTER_KEY_CHECK).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(MASTER_KEY_CHECK).on_conflict_do_nothing(),
}
_DESTROY = (
    update(DATA_KEY)
    .where(DATA_KEY.c.subject == bindparam("of"), DATA_KEY.c.destroyed_at.is_(None))
    .values(wrapped=null(), master_key_id=null(), destroyed_at=bindparam("now"))
)
_WRAPPED_BY_OTHERS = (
    select(DATA_KEY.c.subject, DATA_KEY.c.wrapped, DATA_KEY.c.master_key_id)
    .where(DATA_KEY.c.wrapped.is_not(None), DATA_KEY.c.master_key_id != bindparam("first"))
    .limit(1000)
)
_REWRAP = (
    update(DATA_KEY)
    .where(DATA_KEY.c.subject == bindparam("of"), DATA_KEY.c.wrapped == bindparam("old"))
    .values(wrapped=bindparam("new"), master_key_id=bindparam("first"))
)


class Vault:
    """Seals, opens and destroys, always inside the caller's transaction."""

    def __init__(self, master_keys: MasterKeys, clock: Clock) -> None:
        self._master_keys = master_keys
        self._clock = clock

    def seal(self, connection: Connection, subject: str, aad: bytes, plain: bytes) -> bytes:
        """Return `plain` encrypted with the subject's key, which is made on first use, and bound to `aad`.

        The result starts with the subject's id in clear, so that it says itself whose key opens it. A subject that
        was erased cannot get new content: `RuleBroken`.
        """
        key = self._keys(connection, [subject]).get(subject)
        if key is None:
            key = self._make_key(connection, subject)
        if not key:
            raise RuleBroken("person_erased", "This person's data was erased. Nothing can be added.")
        nonce = secrets.token_bytes(NONCE_BYTES)
        return _headed(subject) + nonce + AESGCM(key).encrypt(nonce, plain, aad)

    def open(self, connection: Connection, aad: bytes, sealed: bytes) -> bytes | None:
        """Return what was sealed, or None once the subject's key was destroyed."""
        return self.open_many(connection, [(aad, sealed)])[0]

    def open_many(self, connection: Connection, items: Sequence[tuple[bytes, bytes]]) -> list[bytes | None]:
        """Open several pairs of `aad` and sealed bytes at once, reading each subject's key once."""
        parts = [_parted(sealed) for _, sealed in items]
        keys = self._keys(connection, {subject for subject, _ in parts})
        ciphers = {subject: AESGCM(key) for subject, key in keys.items() if key}
        opened: list[bytes | None] = []
        for (aad, _), (subject, body) in zip(items, parts, strict=True):
            cipher = ciphers.get(subject)
            opened.append(cipher.decrypt(body[:NONCE_BYTES], body[NONCE_BYTES:], aad) if cipher else None)
        return opened

    def destroy(self, connection: Connection, subject: str) -> None:
        """Destroy the subject's key for ever, also one that was never made: nothing can be sealed for it later."""
        now = _micros(self._clock)
        found = connection.execute(_DESTROY, {"of": subject, "now": now}).rowcount
        if not found:
            empty = {"subject": subject, "wrapped": None, "master_key_id": None}
            connection.execute(_NEW_KEY[connection.dialect.name], {**empty, "created_at": now, "destroyed_at": now})

    def is_destroyed(self, connection: Connection, subject: str) -> bool:
        """Say whether the subject's key was destroyed."""
        return self._keys(connection, [subject]).get(subject) == b""

    def rewrap(self, connection: Connection) -> int:
        """Move every data key to the first master key; return how many moved. Run it until it returns 0."""
        rows = connection.execute(_WRAPPED_BY_OTHERS, {"first": self._master_keys.first}).all()
        moves = [
            {
                "of": row.subject,
                "old": row.wrapped,
                "new": self._master_keys.wrap(row.subject, self._unwrap(row)),
                "first": self._master_keys.first,
            }
            for row in rows
        ]
        if moves:
            connection.execute(_REWRAP, moves)
        return len(moves)

    def check_master_key(self, connection: Connection) -> None:
        """Stop the start with a clear message when a master key is missing or is not the one it was.

        The first start with a key stores a value derived from it; every later start compares.
        """
        known = {row.master_key_id: row.check_value for row in connection.execute(select(MASTER_KEY_CHECK))}
        in_use = select(DATA_KEY.c.master_key_id).where(DATA_KEY.c.wrapped.is_not(None)).distinct()
        for key_id in connection.scalars(in_use):
            if key_id not in self._master_keys:
                raise MasterKeyError(
                    f"Stored data is sealed with the master key '{key_id}', which is missing. Put it back into "
                    "CASELEDGER_MASTER_KEYS or the file master.key; without it that data cannot be read."
                )
        for key_id in self._master_keys:
            self._compare(key_id, known.get(key_id))
        if self._master_keys.first not in known:
            self._accept_first_key(connection, anew=not known)

    def _accept_first_key(self, connection: Connection, *, anew: bool) -> None:
        first = self._master_keys.first
        if anew and connection.scalar(select(func.count()).select_from(DATA_KEY)):
            raise MasterKeyError("The database holds sealed data but no check value of a master key.")
        row = {"master_key_id": first, "check_value": self._master_keys.check_value(first)}
        connection.execute(_FIRST_CHECK[connection.dialect.name], row)
        # Several processes may start for the first time at once; the one that came first decides.
        stored = select(MASTER_KEY_CHECK.c.check_value).where(MASTER_KEY_CHECK.c.master_key_id == first)
        self._compare(first, connection.scalar(stored))

    def _compare(self, key_id: str, stored: bytes | None) -> None:
        if stored is not None and stored != self._master_keys.check_value(key_id):
            raise MasterKeyError(
                f"The master key '{key_id}' is not the one this database was started with. Put the right one "
                "into CASELEDGER_MASTER_KEYS or the file master.key."
            )

    def _keys(self, connection: Connection, subjects: Collection[str]) -> dict[str, bytes]:
        """Return the keys of the subjects that have one; a destroyed one is empty."""
        rows = _KEYS.all(connection, subjects=subjects)
        return {row.subject: self._unwrap(row) if row.wrapped is not None else b"" for row in rows}

    def _unwrap(self, row: Any) -> bytes:
        return self._master_keys.unwrap(row.subject, row.master_key_id, row.wrapped)

    def _make_key(self, connection: Connection, subject: str) -> bytes:
        """Make the subject's key, unless another transaction has just made it; return the one that is stored."""
        key = secrets.token_bytes(KEY_BYTES)
        row = {
            "subject": subject,
            "wrapped": self._master_keys.wrap(subject, key),
            "master_key_id": self._master_keys.first,
            "created_at": _micros(self._clock),
            "destroyed_at": None,
        }
        is_first = connection.execute(_NEW_KEY[connection.dialect.name], row).rowcount == 1
        return key if is_first else self._keys(connection, [subject])[subject]


def _headed(subject: str) -> bytes:
    name = subject.encode()
    return len(name).to_bytes(1, "big") + name


def _parted(sealed: bytes) -> tuple[str, bytes]:
    end = 1 + sealed[0]
    return sealed[1:end].decode(), sealed[end:]


def _micros(clock: Clock) -> int:
    return to_micros(clock.now())
