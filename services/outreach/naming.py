"""Names for the pages of this service: contacts by their alias, registered people as case calls them; one request only.

And the labels of codes, places and contracts in the language of the page.
"""

from collections.abc import Collection
from typing import Any

from flask_babel import get_locale

from services.outreach.contacts import queries as contacts
from services.outreach.places.queries import places
from shared.auth.identity import Identity
from shared.serviceunit import codes
from shared.serviceunit.learnt.queries import contracts
from shared.serviceunit.shown import contract_title
from shared.web.names import find_people, names_of
from shared.web.requests import service


def names_by_id(who: Identity, ids: Collection[str]) -> dict[str, str]:
    """How each of `ids` is called on a page; somebody without a name or alias is shown by the end of their id."""
    tokens = [one for one in ids if one.startswith("contact-")]
    with service().database.read() as connection:
        known = contacts.contacts_among(connection, service().vault, who.agency_id, tokens)
    names = {one: contact_label(contact) for one, contact in known.items()}
    names |= names_of([one for one in ids if not one.startswith("contact-")])
    return {one: names.get(one) or short(one) for one in ids}


def find(who: Identity, team_ids: Collection[str] | None, text: str) -> dict[str, str]:
    """Who fits what was typed: contacts of the teams first, then people of the agency's registry."""
    if not text.strip():
        return {}
    with service().database.read() as connection:
        found = contacts.find_contacts(connection, service().vault, who.agency_id, team_ids, text=text, limit=20)
    return {one["contact_id"]: contact_label(one) for one in found} | find_people(text)


def contact_label(contact: dict[str, Any]) -> str:
    """A contact by alias and marks, as far as they are known."""
    return " · ".join(contact[part] for part in ("alias", "marks") if contact[part]) or short(contact["contact_id"])


def short(one: str) -> str:
    """The end of an id, for want of anything a person could read."""
    return f"…{one[-6:]}"


def label(vocabulary: str, code: str | None) -> str:
    """The label of a code in the language of the page."""
    return codes.label(vocabulary, code, str(get_locale()))


def options(vocabulary: str, *only: str) -> list[tuple[str, str]]:
    """Codes with their labels to choose from, all of a vocabulary or these only."""
    return [(code, label(vocabulary, code)) for code in (only or codes.VOCABULARIES[vocabulary])]


def place_options(who: Identity) -> list[tuple[str, str]]:
    """The places of the agency with name and district."""
    with service().database.read() as connection:
        known = places(connection, service().vault, who.agency_id)
    return [(one["place_id"], _place_label(one)) for one in known]


def contract_options(who: Identity) -> list[tuple[str, str]]:
    """The contracts of the agency with their titles."""
    with service().database.read() as connection:
        known = contracts(connection, who.agency_id)
    return [(one["contract_id"], contract_title(one)) for one in known]


def team_options(who: Identity) -> list[tuple[str, str]]:
    """The teams this person works for."""
    teams = service().accounts.list_teams(who.agency_id)
    return [(one.team_id, one.name) for one in teams if who.sees_team(one.team_id)]


def account_names(who: Identity) -> dict[str, str]:
    """The names of the agency's accounts."""
    return {one.account_id: one.display_name for one in service().accounts.list_accounts(who.agency_id)}


def _place_label(place: dict[str, Any]) -> str:
    parts = (place["name"] or short(place["place_id"]), label("district", place["district"]))
    return " · ".join(part for part in parts if part)
