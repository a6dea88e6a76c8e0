"""Who sees which contracts: everybody of the agency all of them, a funder its own."""

from shared.auth.identity import Identity
from shared.errors import NotFound


def seen_by(who: Identity) -> frozenset[str] | None:
    """The names of the contracts this person sees; None is all of the agency's."""
    if who.role != "funder":
        return None
    # An account may name a contract by its short name or by the whole id of its stream.
    return frozenset(one.removeprefix(f"contract-{who.agency_id}-") for one in who.contract_ids)


def require_seen(who: Identity, contract_id: str) -> None:
    """Raise NotFound for a contract that is not this person's to see."""
    own = seen_by(who)
    if own is not None and contract_id not in own:
        raise NotFound("contract_not_found", "There is no such contract.")
