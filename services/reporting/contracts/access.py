"""Who sees which contracts: everybody of the agency all of them, a funder those its account names, of any agency.

A funder's account names a contract of its own agency by its short name (or by the id of its stream), one of another
agency as `agency~contract`: there it was named by that agency's administrator. Addresses say it in the same way.
"""

from shared.auth.identity import Identity
from shared.auth.roles import ELSEWHERE
from shared.errors import NotFound

Place = tuple[str, str]
"""An agency and one of its contracts."""


def seen_by(who: Identity) -> frozenset[Place] | None:
    """The contracts this person sees; None is all of the agency's."""
    if who.role != "funder":
        return None
    return frozenset(_place(who, name) for name in who.contract_ids)


def reached(who: Identity, name: str) -> Place:
    """The contract that an address names; raises NotFound for one that is not this person's to see."""
    own = seen_by(who)
    place = (who.agency_id, name) if own is None else _place(who, name)
    if own is not None and place not in own:
        raise NotFound("contract_not_found", "There is no such contract.")
    return place


def name_for(who: Identity, place: Place) -> str:
    """How addresses name a contract to this person."""
    agency_id, contract_id = place
    return contract_id if agency_id == who.agency_id else f"{agency_id}{ELSEWHERE}{contract_id}"


def _place(who: Identity, name: str) -> Place:
    agency_id, is_elsewhere, contract_id = name.partition(ELSEWHERE)
    return (agency_id, contract_id) if is_elsewhere else (who.agency_id, name.removeprefix(_stream(who.agency_id)))


def _stream(agency_id: str) -> str:
    return f"contract-{agency_id}-"
