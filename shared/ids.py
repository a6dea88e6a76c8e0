"""Identifiers: a readable prefix and a time-ordered random part, so that no id says anything about a person."""

import re

import uuid_utils

from shared.errors import Invalid, NotFound

_PATTERN = re.compile(r"^[a-z]+(-[0-9A-Za-z._]+)+$")


def new_id(prefix: str) -> str:
    """Return a new identifier such as `session-0190c0de-...` (UUIDv7 behind the prefix)."""
    return f"{prefix}-{uuid_utils.uuid7()}"


def is_id(value: str, prefix: str) -> bool:
    """Say whether `value` may serve as an identifier of this prefix; clients may choose the ids of what they create."""
    return len(value) <= 80 and value.startswith(f"{prefix}-") and _PATTERN.match(value) is not None


def chosen_id(chosen: str | None, prefix: str) -> str:
    """Return the id the client has chosen for what it creates, or a new one."""
    if chosen is None:
        return new_id(prefix)
    if not is_id(chosen, prefix):
        raise Invalid("id_malformed", "An id here begins with “%(prefix)s-”.", field="id", prefix=prefix)
    return chosen


def require_id(value: str, prefix: str) -> None:
    """Raise for an address that cannot name anything of this prefix: it names another kind of thing, or nothing."""
    if not is_id(value, prefix):
        raise NotFound("not_found", "There is nothing here that you may see.")
