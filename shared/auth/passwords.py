"""Passwords: argon2id with modest memory (19 MiB, two passes, one lane), so that a small server can take a morning."""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from shared.errors import Invalid

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODY = _HASHER.hash("the password of nobody")

SHORTEST, LONGEST = 8, 200
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"


def hash_password(password: str, *, field: str = "password") -> str:
    """Return the hash to keep; raises Invalid when the password is too short or too long."""
    if len(password) < SHORTEST:
        raise Invalid("too_short", "Please choose at least %(shortest)s characters.", field=field, shortest=SHORTEST)
    if len(password) > LONGEST:
        raise Invalid("too_long", "Please choose at most %(longest)s characters.", field=field, longest=LONGEST)
    return _HASHER.hash(password)


def temporary_password() -> str:
    """Return a password to hand over once, easily read aloud: twelve letters and digits, about 58 bits."""
    return "-".join("".join(secrets.choice(_READABLE) for _ in range(4)) for _ in range(3))


def matches(password_hash: str | None, password: str) -> bool:
    """Say whether the password is right; an unknown account (None) takes as long as a known one."""
    try:
        return _HASHER.verify(password_hash or _NOBODY, password[: LONGEST + 1]) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False
