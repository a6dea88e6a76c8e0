"""Names for the pages of this service: service users' from case, practitioners' unsealed; for one request only.

And the titles of contracts.
"""

from collections.abc import Collection

from services.groups.practitioners import queries
from shared.auth.identity import Identity
from shared.serviceunit.learnt.queries import contracts
from shared.serviceunit.shown import contract_title
from shared.web.names import find_people, names_of
from shared.web.requests import service


def names_by_id(who: Identity, ids: Collection[str]) -> dict[str, str]:
    """How each of `ids` is called on a page; somebody without a name here is shown by the end of their id."""
    sector = [one for one in ids if one.startswith(queries.PREFIX)]
    with service().database.read() as connection:
        known = queries.practitioners(connection, service().vault, who.agency_id, sector) if sector else []
    names = {one["practitioner_id"]: practitioner_label(one) for one in known if one["name"]}
    names |= names_of([one for one in ids if one not in names and not one.startswith(queries.PREFIX)])
    return {one: names.get(one) or f"…{one[-6:]}" for one in ids}


def find(who: Identity, text: str, *, sector: bool) -> dict[str, str]:
    """Who fits what was typed: service users of the agency, and for a sector event practitioners first."""
    found: dict[str, str] = {}
    if sector and text.strip():
        with service().database.read() as connection:
            fitting = queries.search(connection, service().vault, who.agency_id, text)[:20]
        found = {one["practitioner_id"]: practitioner_label(one) for one in fitting if one["name"]}
    return {**found, **find_people(text)}


def practitioner_label(practitioner: dict[str, str]) -> str:
    """A practitioner with organisation and post, as far as they are known."""
    return " · ".join(practitioner[part] for part in ("name", "organisation", "post") if practitioner[part])


def contract_titles(who: Identity) -> list[tuple[str, str]]:
    """The contracts of the agency with their titles."""
    with service().database.read() as connection:
        return [(one["contract_id"], contract_title(one)) for one in contracts(connection, who.agency_id)]
