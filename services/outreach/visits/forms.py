"""What the pages of visits send, and the way from it to what the API accepts; works without JavaScript.

One form saves all. Its other buttons (find, add, add new, remove) only draw it anew, with everything typed kept. Who is
new gets an id when put on the list, so that a form sent twice makes one contact.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from marshmallow import Schema
from werkzeug.datastructures import MultiDict

from shared.clock import HONG_KONG
from shared.ids import new_id
from shared.serviceunit import referrals
from shared.serviceunit.conflicts import Filled
from shared.serviceunit.lifecycle import UnitState
from shared.serviceunit.unit import ServiceUnit
from shared.web.field_messages import load

_TEXTS = (
    "occurred_on",
    "starts_at",
    "mode",
    "setting",
    "team_id",
    "place_id",
    "case_id",
    "contract_id",
    "reason",
    "reason_text",
)
_NUMBERS = ("minutes", "unidentified_count")
_TICKS = ("aftercare", "cancelled", "child_safety_concern")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the visit: somebody met or missed; `alias` or `marks` are given for somebody new."""

    person_id: str
    role: str = ""
    status: str = "present"
    alias: str = ""
    marks: str = ""
    target_groups: tuple[str, ...] = ()

    @property
    def new_name(self) -> str:
        """What somebody is known by whose contact is made with this visit."""
        return self.alias or self.marks

    @property
    def is_new(self) -> bool:
        """Say whether the contact is made with this visit."""
        return bool(self.new_name)

    @property
    def said(self) -> tuple[str, str]:
        """What is said of them."""
        return self.status, self.role


@dataclass(slots=True, kw_only=True)
class Draft(Filled[Row]):
    """The visit as it stands, and whom a search has found (None before any search)."""

    found: dict[str, str] | None = None

    def add(self, row: Row) -> None:
        """Put somebody on the list, once."""
        if all(row.person_id != one.person_id for one in self.rows):
            self.rows.append(row)

    def remove(self, person_id: str) -> None:
        """Take somebody off the list."""
        self.rows = [row for row in self.rows if row.person_id != person_id]


def blank(day: date, who: str) -> Draft:
    """A new form: an outreach visit of today, served by the one who fills it in."""
    values = {
        "occurred_on": day.isoformat(),
        "served_by": [who],
        "mode": "in_person",
        "setting": "outreach",
        "unidentified_count": 0,
    }
    return Draft(values=values)


def of_state(state: UnitState, *, with_note: bool) -> Draft:
    """The form of an entry as it is now."""
    unit, helpers = state.unit, dict(state.helpers)
    assert unit is not None
    values = {
        "occurred_on": unit.occurred_on.isoformat(),
        "starts_at": unit.starts_at.astimezone(HONG_KONG).strftime("%H:%M") if unit.starts_at else "",
        "minutes": unit.minutes,
        "mode": unit.mode,
        "setting": unit.setting,
        "place_id": unit.place_id,
        "case_id": unit.case_id,
        "aftercare": "aftercare" in unit.tags,
        "cancelled": unit.status == "cancelled",
        "contract_id": unit.segments[0].contract_id if unit.segments else "",
        "unidentified_count": unit.unidentified_count,
        "served_by": [one for one in unit.served_by if one not in helpers],
        "helpers": "\n".join(helpers.values()),
        "note": state.note if with_note else None,
        "child_safety_concern": unit.child_safety_concern,
        "referrals": referrals.of_unit(unit),
    }
    rows = [Row(person_id=one.person_id, role=one.role, status=one.status) for one in unit.participants]
    return Draft(values=values, rows=rows)


def of_form(form: MultiDict[str, str]) -> Draft:
    """The form as it was sent."""
    values: dict[str, Any] = {name: form.get(name, "") for name in (*_TEXTS, *_NUMBERS, "helpers", "q")}
    values |= {name: name in form for name in _TICKS}
    values |= {"served_by": form.getlist("served_by"), "referrals": referrals.of_form(form)}
    if "note" in form:
        values["note"] = form["note"]
    rows = [
        Row(
            person_id=person_id,
            role=form.get(f"role-{person_id}", ""),
            status=form.get(f"status-{person_id}", "present"),
            alias=form.get(f"alias-{person_id}", ""),
            marks=form.get(f"marks-{person_id}", ""),
            target_groups=tuple(form.getlist(f"groups-{person_id}")),
        )
        for person_id in form.getlist("person")
    ]
    choices = {name.removeprefix("choose-"): text for name, text in form.items() if name.startswith("choose-")}
    return Draft(values=values, rows=rows, choices=choices)


def new_row(form: MultiDict[str, str]) -> Row:
    """Somebody new, as typed below a search that did not find them."""
    return Row(
        person_id=new_id("contact"),
        role=form.get("new_role", "drug_user"),
        alias=form.get("new_alias", "").strip(),
        marks=form.get("new_marks", "").strip(),
        target_groups=tuple(form.getlist("new_groups")),
    )


def asked_of(draft: Draft, schema: Schema, before: UnitState | None = None) -> dict[str, Any]:
    """What the draft asks for, as the API would have loaded it; raises `Invalid` with the wrong fields.

    What no field of the form shows (parts for several contracts, given target groups) stays as it was.
    """
    values, unit = draft.values, before.unit if before is not None else None
    asked: dict[str, Any] = {name: values[name] for name in _TEXTS if values.get(name)}
    for name in _NUMBERS:
        if (text := str(values.get(name) or "").strip()) != "":
            asked[name] = int(text) if text.lstrip("-").isdecimal() else text
    asked["served_by"] = list(values["served_by"])
    asked["helpers"] = [line.strip() for line in (values.get("helpers") or "").splitlines() if line.strip()]
    asked["participants"] = [_participant(row, unit) for row in draft.rows]
    asked["referrals"] = referrals.asked(values.get("referrals", ()), values["occurred_on"])
    asked |= {name: bool(values.get(name)) for name in ("aftercare", "child_safety_concern")}
    if values.get("cancelled"):
        asked["status"] = "cancelled"
    if "note" in values and values["note"] is not None:
        asked["note"] = values["note"].strip() or None
    asked |= _kept(unit)
    if "reason" not in schema.fields:
        asked.pop("reason", None)
        asked.pop("reason_text", None)
    return load(schema, asked)


def _participant(row: Row, unit: ServiceUnit | None) -> dict[str, Any]:
    shown: dict[str, Any] = {"role": row.role or None, "status": row.status}
    if row.is_new:
        new = {"id": row.person_id, "alias": row.alias or None, "marks": row.marks or None}
        groups = list(row.target_groups)
        return {**shown, "new_contact": {**new, "role": row.role or "drug_user", "target_groups": groups}}
    for one in unit.participants if unit is not None else ():
        if one.person_id == row.person_id:
            shown |= {"target_groups": list(one.target_groups), "walk_in": one.walk_in, "mode": one.mode}
    return {**shown, "person_id": row.person_id}


def _kept(unit: ServiceUnit | None) -> dict[str, Any]:
    """What the form has no field for; an entry with several parts keeps them."""
    if unit is None:
        return {}
    kept: dict[str, Any] = {"late_reason": unit.late_reason, "activity": unit.activity}
    if len(unit.segments) > 1:
        parts = [{"contract_id": one.contract_id, "minutes": one.minutes} for one in unit.segments]
        kept |= {"segments": parts, "split_approval": unit.split_approval, "contract_id": None}
    return kept
