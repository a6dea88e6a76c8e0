"""Identifiers: a readable prefix and a time-ordered random part, so that no id says anything about a person."""

import re

import uuid_utils

_PATTERN = re.compile(r"^[a-z]+(-[0-9A-Za-z._]+)+$")


def new_id(prefix: str) -> str:
    """Return a new identifier such as `session-0190c0de-...` (UUIDv7 behind the prefix)."""
    return f"{prefix}-{uuid_utils.uuid7()}"


def is_id(value: str, prefix: str) -> bool:
    """Say whether `value` may serve as an identifier of this prefix; clients may choose the ids of what they create."""
    return len(value) <= 80 and value.startswith(f"{prefix}-") and _PATTERN.match(value) is not None
