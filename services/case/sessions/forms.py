"""What the pages of sessions send, and the way from it to what the API accepts; works without JavaScript.

One form saves all. Its other buttons (find, add, remove) only draw it anew, with everything typed kept.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from marshmallow import Schema
from werkzeug.datastructures import MultiDict

from shared.clock import HONG_KONG
from shared.serviceunit import referrals
from shared.serviceunit.codes import ROLES_BESIDE_MEMBERS
from shared.serviceunit.lifecycle import UnitState
from shared.web.field_messages import load

REGULAR = "regular"
"""What the form sends for regular service, since nothing at all means the contract of the case."""

SEVERAL = "several"
"""What the form sends to leave an entry's parts for several contracts as they are."""

OTHER = "other"
"""What the form sends when none of the days, lengths or contracts offered is chosen, but the field beside them."""

LENGTHS = ("30", "45", "60", "90")
TEXTS = ("kind", "occurred_on", "starts_at", "mode", "setting", "status", "activity", "late_reason")
NUMBERS = ("minutes", "unidentified_count")
NESTED = ("follow_up.on", "follow_up.reason", "next_appointment.on", "next_appointment.starts_at")
TICKS = ("aftercare", "child_safety_concern")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One person in the form; `there` says that the person belongs to the session at all."""

    person_id: str
    role: str
    status: str = "present"
    there: bool = True
    is_member: bool = True


@dataclass(slots=True, kw_only=True)
class Draft:
    """A form as it stands: single values, the people, the other cases, and what a search has found of both."""

    values: dict[str, Any]
    rows: list[Row] = field(default_factory=list)
    cases: list[str] = field(default_factory=list)
    found: list[dict[str, Any]] = field(default_factory=list)
    found_cases: list[dict[str, Any]] = field(default_factory=list)

    def add(self, row: Row) -> None:
        """Put somebody into the form, once."""
        if all(row.person_id != one.person_id for one in self.rows):
            self.rows.append(row)

    def remove(self, person_id: str) -> None:
        """Take somebody out of the form."""
        self.rows = [row for row in self.rows if row.person_id != person_id]


def blank(day: date, who: str, rows: list[Row], contract_id: str | None, last: dict[str, Any] | None) -> Draft:
    """A new form: today; who was there, mode, setting and length as in the last session, else all members."""
    before = last or {}
    roles = {one["person_id"]: one["role"] for one in before.get("participants", ())}
    if roles.keys() & {row.person_id for row in rows}:
        rows = [replace(row, there=row.person_id in roles, role=roles.get(row.person_id, row.role)) for row in rows]
    values = {
        "kind": "case_session",
        "occurred_on": day.isoformat(),
        "minutes": before.get("minutes") or 60,
        "mode": before.get("mode", "in_person"),
        "setting": before.get("setting", "centre"),
        "activity": before.get("activity"),
        "status": "held",
        "contract_id": contract_id or REGULAR,
        "served_by": [who],
        "unidentified_count": 0,
    }
    return Draft(values=values, rows=rows)


def of_state(state: UnitState, members: set[str], today: date, *, with_note: bool) -> Draft:
    """The form of an entry as it is now; what was planned for a later day is recorded on the day it took place."""
    unit = state.unit
    assert unit is not None
    helpers = dict(state.helpers)
    contracts = [one.contract_id for one in unit.segments]
    values = {
        **{name: getattr(unit, name) for name in (*TEXTS, *NUMBERS)},
        "occurred_on": min(unit.occurred_on, today).isoformat(),
        "starts_at": unit.starts_at.astimezone(HONG_KONG).strftime("%H:%M") if unit.starts_at else "",
        "status": "held" if unit.status == "planned" else unit.status,
        "contract_id": SEVERAL if len(contracts) > 1 else contracts[0] if contracts else REGULAR,
        "served_by": [one for one in unit.served_by if one not in helpers],
        "helpers": "\n".join(helpers.values()),
        "note": state.note if with_note else None,
        "aftercare": "aftercare" in unit.tags,
        "referrals": referrals.of_unit(unit),
    }
    if unit.follow_up is not None:
        values |= {"follow_up.on": unit.follow_up.on.isoformat(), "follow_up.reason": unit.follow_up.reason}
    rows = [
        Row(person_id=one.person_id, role=one.role, status=one.status, is_member=one.person_id in members)
        for one in unit.participants
    ]
    there = {row.person_id for row in rows}
    rows += [Row(person_id=one, role="family_member", there=False) for one in sorted(members - there)]
    return Draft(values=values, rows=rows, cases=list(unit.case_ids[1:]))


def of_form(form: MultiDict[str, str]) -> Draft:
    """The form as it was sent."""
    names = (*TEXTS, *NUMBERS, *NESTED, "contract_id", "helpers", "note", "q", "case_q", "reason", "reason_text")
    values: dict[str, Any] = {name: form.get(name, "") for name in names}
    if form.get("day", OTHER) != OTHER:
        values["occurred_on"] = form["day"]
    if form.get("contract", OTHER) != OTHER:
        values["contract_id"] = form["contract"]
    if values["minutes"] == OTHER:
        values["minutes"] = form.get("minutes_other", "")
    values |= {"served_by": form.getlist("served_by"), "referrals": referrals.of_form(form)}
    values |= {name: name in form for name in TICKS}
    rows = [
        Row(
            person_id=person_id,
            role=form.get(f"role-{person_id}", ""),
            status=form.get(f"status-{person_id}", "present"),
            there=f"there-{person_id}" in form,
            is_member=f"member-{person_id}" in form,
        )
        for person_id in form.getlist("person")
    ]
    return Draft(values=values, rows=rows, cases=form.getlist("case"))


def asked_of(
    draft: Draft, schema: Schema, case_id: str, fixed: dict[str, Any], before: UnitState | None = None
) -> dict[str, Any]:
    """What the draft asks for, as the API would have loaded it; raises `Invalid` with the wrong fields.

    What no field of the form shows (parts for several contracts, given target groups, a place) stays as it was.
    """
    values = draft.values
    asked: dict[str, Any] = {name: values[name] for name in TEXTS if values.get(name)}
    for name in NUMBERS:
        text = str(values.get(name) if values.get(name) is not None else "").strip()
        if text:
            asked[name] = int(text) if text.lstrip("-").isdigit() else text
    if values.get("mode") == "messaging":
        asked["minutes"] = _minutes_of_messages(before)
    asked["served_by"] = list(values["served_by"])
    asked["helpers"] = [line.strip() for line in (values.get("helpers") or "").splitlines() if line.strip()]
    asked["participants"] = [_participant(row, before) for row in draft.rows if row.there]
    asked["referrals"] = referrals.asked(values.get("referrals", ()), values["occurred_on"])
    asked |= {name: bool(values.get(name)) for name in TICKS}
    asked |= {"case_id": case_id, "case_ids": [case_id, *draft.cases] if draft.cases else []}
    asked |= _contract(values, before) | _nested(values) | fixed
    for name in ("reason", "reason_text"):
        if name in schema.fields and values.get(name):
            asked[name] = values[name]
    return load(schema, asked)


def _nested(values: dict[str, Any]) -> dict[str, dict[str, str]]:
    """What belongs together in the request, as far as it is filled in: `follow_up.on` as `on` of `follow_up`."""
    found: dict[str, dict[str, str]] = {}
    for name in NESTED:
        part, _, field_name = name.partition(".")
        if values.get(name):
            found.setdefault(part, {})[field_name] = values[name]
    return found


def _minutes_of_messages(before: UnitState | None) -> int | None:
    """Messages have no length; what an entry of messages said before stays, since no field shows it."""
    unit = before.unit if before is not None else None
    return unit.minutes if unit is not None and unit.mode == "messaging" else None


def _participant(row: Row, before: UnitState | None) -> dict[str, Any]:
    shown = {"person_id": row.person_id, "role": row.role, "status": row.status}
    known = before.unit.participants if before is not None and before.unit is not None else ()
    for one in known:
        if one.person_id == row.person_id and one.role == row.role:
            return {**shown, "target_groups": list(one.target_groups), "mode": one.mode, "walk_in": one.walk_in}
    return shown


def _contract(values: dict[str, Any], before: UnitState | None) -> dict[str, Any]:
    unit = before.unit if before is not None else None
    kept: dict[str, Any] = {}
    if unit is not None:
        kept = {"place_id": unit.place_id, "organisation_id": unit.organisation_id}
        if values.get("contract_id") == SEVERAL:
            parts = [{"contract_id": one.contract_id, "minutes": one.minutes} for one in unit.segments]
            return {**kept, "segments": parts, "split_approval": unit.split_approval, "contract_id": None}
    chosen = values.get("contract_id")
    return {**kept, "contract_id": None if chosen in (REGULAR, "", None) else chosen}


def usual_role(roles: set[str], *, is_member: bool) -> str:
    """The role a person most likely has in a session: the one held on the day, else that of a relative."""
    if not is_member:
        return next((role for role in ("collateral", "companion") if role in roles), "collateral")
    return next((role for role in ("drug_user", "family_member", "child") if role in roles), "family_member")


ROLES_BESIDE = tuple(sorted(ROLES_BESIDE_MEMBERS))
