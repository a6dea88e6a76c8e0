"""Registering a place. Pure."""

from dataclasses import dataclass

from services.outreach.places.events import PlaceRegistered
from shared.errors import Invalid, RuleBroken
from shared.serviceunit.checks import unknown_code
from shared.serviceunit.codes import DISTRICTS


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterPlace:
    place_id: str
    name: str
    district: str | None


def decide(command: RegisterPlace, *, known: bool) -> list[PlaceRegistered]:
    """The registration; `known` says that the id is taken."""
    if known:
        raise RuleBroken("place_exists", "There is a place with this id already.", field="id")
    if not command.name.strip():
        raise Invalid("required", "Please fill this in.", field="name")
    if command.district is not None and command.district not in DISTRICTS:
        raise Invalid.of([unknown_code("district", command.district, DISTRICTS)])
    return [PlaceRegistered(place_id=command.place_id, district=command.district, name=command.name.strip())]
