"""The closed set of errors a person can meet, each with one HTTP status; the edge maps them to RFC 9457 problems.

Messages are written in plain English and are the keys of the translations; parameters stand as `%(name)s`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self


@dataclass(frozen=True)
class FieldError:
    """One wrong field: its path in the request (`participants.2.person_id`), a stable code, and what to do."""

    path: str
    code: str
    message: str
    params: dict[str, object] = field(default_factory=dict)


class CaseledgerError(Exception):
    """An error with a stable code, a message in plain English, and the field it is about, where there is one."""

    status = 500

    def __init__(self, code: str, message: str, *, field: str | None = None, **params: object) -> None:
        super().__init__(message % params if params else message)
        self.code, self.message, self.field, self.params = code, message, field, params
        self.fields: list[FieldError] = [FieldError(field, code, message, params)] if field else []


class Malformed(CaseledgerError):
    """The request cannot be read."""

    status = 400


class KeyMissing(CaseledgerError):
    """A change came without an idempotency key."""

    status = 400


class NotSignedIn(CaseledgerError):
    """Nobody is signed in, or the sign-in has ended."""

    status = 401


class Forbidden(CaseledgerError):
    """This role, or this team, may not do it."""

    status = 403


class NotFound(CaseledgerError):
    """There is nothing here for this person: absent, or another agency's."""

    status = 404


class RuleBroken(CaseledgerError):
    """The request is well formed, and a rule of the service forbids it now."""

    status = 409


class StaleVersion(CaseledgerError):
    """Somebody else wrote to the same stream first."""

    status = 412

    def __init__(self, stream_id: str, expected: int) -> None:
        super().__init__(
            "stale_version",
            "Somebody else has just changed this. Read the newer version, then save again.",
        )
        self.stream_id, self.expected = stream_id, expected


class TooLarge(CaseledgerError):
    """The request body is larger than allowed."""

    status = 413


class WrongContentType(CaseledgerError):
    """The request body is of a type that is not understood here."""

    status = 415


class Invalid(CaseledgerError):
    """One or several fields are wrong."""

    status = 422

    @classmethod
    def of(cls, fields: Sequence[FieldError]) -> Self:
        """Make one error of several wrong fields."""
        error = cls("invalid", "Some fields need to be changed.")
        error.fields = list(fields)
        return error


class KeyReused(CaseledgerError):
    """The idempotency key was used before with another body."""

    status = 422


class VersionRequired(CaseledgerError):
    """A change came without the version it is based on."""

    status = 428


class TooMany(CaseledgerError):
    """Too many attempts in a short time."""

    status = 429


class Unavailable(CaseledgerError):
    """A part that is needed does not answer now."""

    status = 503
