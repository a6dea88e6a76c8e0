"""What the other buttons of a roster do: find somebody, put them on the list, register somebody new, take them off."""

import re
from datetime import date
from typing import Any

from flask import request

from services.groups.meetings.forms import Draft, Row
from services.groups.naming import find
from services.groups.people.queries import people_on
from shared.auth.identity import Identity
from shared.errors import Invalid, Unavailable
from shared.ids import new_id
from shared.serviceunit import codes
from shared.web.names import register_person
from shared.web.requests import service

_ADDED_AS = {"add": None, "add_companion": "companion", "add_guest": "guest"}
_CHINESE = re.compile("[\u3400-\u9fff\U00020000-\U000323af]")


def redrawn(draft: Draft, who: Identity, group: dict[str, Any] | None, day: date, *, sector: bool) -> bool:
    """Do what a button other than the saving one asks for; say whether there was one."""
    form = request.form
    added = next((name for name in _ADDED_AS if name in form), None)
    if "find" in form:
        draft.found = find(who, form.get("q", ""), sector=sector)
    elif added is not None:
        person_id = form[added]
        role = _ADDED_AS[added] or _usual_role(who, person_id, day, sector=sector)
        draft.add(Row(person_id=person_id, role=role, walk_in=not sector))
    elif "register" in form:
        _register(draft, group, day)
    elif "remove" in form:
        draft.remove(form["remove"])
    elif "refresh" not in form:
        return False
    return True


def _register(draft: Draft, group: dict[str, Any] | None, day: date) -> None:
    """Have the case service register somebody with little more than a name, and put them on the list."""
    form = request.form
    content = registration(form.to_dict(), group["team_id"] if group else None, day)
    key = form.get("person_key") or new_id("key")
    done = register_person(content, key, confirmed=form["register"] == "confirmed")
    if done is None:
        raise Unavailable(
            "names_away",
            "The part that keeps names does not answer, so nobody was registered. Count this person among the others "
            "present, save, and add them later.",
        )
    if done.person_id is None:
        draft.found, draft.values["alike"] = done.alike, True
        draft.values |= {name: form.get(name, "") for name in ("new_name", "new_alias", "new_role")}
        draft.values["person_key"] = key
        return
    draft.add(Row(person_id=done.person_id, role=form.get("new_role", "family_member"), walk_in=True))
    draft.values["q"] = ""


def registration(form: dict[str, str], team_id: str | None, day: date) -> dict[str, object]:
    """The body that registers somebody new, in the registry of the team; raises `Invalid` without name and alias.

    Who only looks on (a companion, a guest) is given no role by that.
    """
    name, alias = form.get("new_name", "").strip(), form.get("new_alias", "").strip()
    role = form.get("new_role", "family_member")
    if not name and not alias:
        raise Invalid("required", "Please fill this in.", field="new_name")
    known = {"name_zh" if _CHINESE.search(name) else "name_en": name, "alias": alias, "team_id": team_id}
    roles = [] if role in codes.ROLES_THAT_LOOK_ON else [{"role": role, "from_date": day.isoformat()}]
    return {**{field: text for field, text in known.items() if text}, "roles": roles}


def _usual_role(who: Identity, person_id: str, day: date, *, sector: bool) -> str:
    if sector:
        return "practitioner"
    with service().database.read() as connection:
        person = people_on(connection, who.agency_id, [person_id], day, {}).get(person_id)
    held = person.roles if person else frozenset()
    return next((role for role in codes.ROLES if role in held), "family_member")
