"""Whom a worker most likely means: offered by alias and marks before anything is typed."""

from services.outreach import naming
from services.outreach.visits.domain import met_before
from services.outreach.visits.forms import Draft
from shared.auth.identity import Identity
from shared.serviceunit.unit import ServiceUnit

_OFFERED = 8


def suggested(who: Identity, draft: Draft, latest: list[ServiceUnit]) -> dict[str, str]:
    """Those met here or by this person lately, who are not on the list yet; nobody whose name cannot be shown."""
    listed = {row.person_id for row in draft.rows}
    place_id = draft.values.get("place_id") or None
    people = [one for one in met_before(latest, who.account_id, place_id, _OFFERED + len(listed)) if one not in listed]
    names = naming.names_by_id(who, people[:_OFFERED])
    return {one: name for one, name in names.items() if name != naming.short(one)}
