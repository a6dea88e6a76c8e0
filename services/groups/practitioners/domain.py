"""Registering a person of the sector; how an organisation is told from another without naming it. Pure."""

import hmac
import unicodedata
from dataclasses import dataclass

from services.groups.practitioners.events import PractitionerRegistered
from shared.errors import FieldError, Invalid, RuleBroken


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterPractitioner:
    practitioner_id: str
    organisation_id: str
    name: str
    organisation: str
    post: str | None


def decide(command: RegisterPractitioner, *, known: bool) -> list[PractitionerRegistered]:
    """The registration; `known` says that the id is taken."""
    if known:
        raise RuleBroken("practitioner_exists", "There is somebody with this id already.", field="id")
    wrong = [
        FieldError(field, "required", "Please fill this in.")
        for field, value in (("name", command.name), ("organisation", command.organisation))
        if not value.strip()
    ]
    if wrong:
        raise Invalid.of(wrong)
    return [
        PractitionerRegistered(
            practitioner_id=command.practitioner_id,
            organisation_id=command.organisation_id,
            name=command.name.strip(),
            organisation=command.organisation.strip(),
            post=(command.post or "").strip() or None,
        )
    ]


def normalised(text: str) -> str:
    """How names are compared: width, case, spaces and punctuation make no difference."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in folded if unicodedata.category(letter)[0] in "LN")


def organisation_id(agency_id: str, organisation: str, key: bytes) -> str:
    """The id of an organisation: the same for the same name in one agency, and nothing can be read from it."""
    digest = hmac.digest(key, f"organisation:{agency_id}:{normalised(organisation)}".encode(), "sha256")
    return f"organisation-{digest.hex()[:24]}"
