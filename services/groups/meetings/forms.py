"""What the pages of meetings send, and the way from it to what the API accepts; works without JavaScript.

One form saves all. Its other buttons (find, add, register, remove, refresh) only draw it anew, with everything typed
kept.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from marshmallow import Schema
from werkzeug.datastructures import MultiDict

from shared.clock import HONG_KONG
from shared.serviceunit import referrals
from shared.serviceunit.codes import ROLES_BESIDE_MEMBERS, ROLES_THAT_LOOK_ON
from shared.serviceunit.conflicts import Filled
from shared.serviceunit.lifecycle import UnitState
from shared.web.field_messages import load

REGULAR = "regular"
"""What the form sends for regular service, since nothing at all means that of the group."""

_TEXTS = (
    "occurred_on",
    "starts_at",
    "mode",
    "setting",
    "status",
    "activity",
    "team_id",
    "sign_in_sheet",
    "note",
    "reason",
    "reason_text",
)
_NUMBERS = ("minutes", "unidentified_count", "partner_count")
_TICKS = ("co_organised", "child_safety_concern")
_LIKE_THE_LAST = ("starts_at", "minutes", "mode", "setting", "activity", "contract_id", "served_by", "helpers")
PRESENT = ("present", "late", "left_early")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the roster; `mode` says how somebody took part in a meeting in a room and online at once."""

    person_id: str
    role: str
    status: str = "present"
    walk_in: bool = False
    mode: str | None = None

    @property
    def place(self) -> str:
        """Where on the page the line stands: who just came on top, companions, children and guests apart."""
        if self.role in ROLES_THAT_LOOK_ON:
            return "beside"
        return "walk_in" if self.walk_in else "member"

    @property
    def said(self) -> tuple[str, str, bool, bool]:
        """What is said of them; in the room is what is meant where nothing is said of how somebody took part."""
        return self.status, self.role, self.walk_in, self.mode == "online"


@dataclass(slots=True, kw_only=True)
class Draft(Filled[Row]):
    """The roster as it stands, and whom a search has found."""

    found: dict[str, str] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        """Put somebody on the roster, once."""
        if all(row.person_id != one.person_id for one in self.rows):
            self.rows.append(row)

    def remove(self, person_id: str) -> None:
        """Take somebody off the roster."""
        self.rows = [row for row in self.rows if row.person_id != person_id]

    def counts(self) -> Counter[str]:
        """How many are there, not there, excused; and, counted apart, beside them: companions, children, guests."""
        beside = sum(1 for row in self.rows if row.place == "beside" and row.status in PRESENT)
        others = sum(int(text) for name in _NUMBERS[1:] if (text := str(self.values.get(name) or "")).isdecimal())
        rows = (row.status for row in self.rows if row.place != "beside")
        return Counter({"beside": beside, "others": others}) + Counter(
            "present" if status in PRESENT else status for status in rows
        )


def blank(day: date, who: str, members: Iterable[Row], contract_id: str | None) -> Draft:
    """A new form: today, everybody who belongs to the group present, served by the one who fills it in."""
    values = {
        "occurred_on": day.isoformat(),
        "served_by": [who],
        "contract_id": contract_id or REGULAR,
        "mode": "in_person",
        "setting": "centre",
        "status": "held",
        "unidentified_count": 0,
        "partner_count": 0,
    }
    return Draft(values=values, rows=list(members))


def like(draft: Draft, last: Draft) -> Draft:
    """A new form with what is usual taken from another meeting: its people, all present, its time, mode and place.

    What was counted, written or signed on that day stays there.
    """
    values = {**draft.values, **{name: last.values[name] for name in _LIKE_THE_LAST}}
    now = {row.person_id for row in draft.rows}
    there = [row for row in last.rows if row.walk_in or row.role in ROLES_BESIDE_MEMBERS or row.person_id in now]
    again = Draft(values=values, rows=[replace(row, status="present") for row in there])
    for row in draft.rows:
        again.add(row)
    return again


def of_state(state: UnitState) -> Draft:
    """The form of an entry as it is now."""
    unit = state.unit
    assert unit is not None
    helpers = dict(state.helpers)
    values = {
        "occurred_on": unit.occurred_on.isoformat(),
        "starts_at": unit.starts_at.astimezone(HONG_KONG).strftime("%H:%M") if unit.starts_at else "",
        "minutes": unit.minutes,
        "mode": unit.mode,
        "setting": unit.setting,
        "status": "held" if unit.status == "planned" else unit.status,
        "activity": unit.activity,
        "contract_id": unit.segments[0].contract_id if unit.segments else REGULAR,
        "unidentified_count": unit.unidentified_count,
        "partner_count": unit.partner_count,
        "co_organised": "co_organised" in unit.tags,
        "sign_in_sheet": unit.sign_in_sheet,
        "served_by": [one for one in unit.served_by if one not in helpers],
        "helpers": "\n".join(helpers.values()),
        "note": state.note,
        "child_safety_concern": unit.child_safety_concern,
        "referrals": referrals.of_unit(unit),
    }
    rows = [
        Row(person_id=one.person_id, role=one.role, status=one.status, walk_in=one.walk_in, mode=one.mode)
        for one in unit.participants
    ]
    return Draft(values=values, rows=rows)


def of_form(form: MultiDict[str, str]) -> Draft:
    """The form as it was sent."""
    sent = (*_TEXTS, *_NUMBERS, "contract_id", "helpers", "q")
    values: dict[str, Any] = {name: form[name] for name in sent if name in form}
    values |= {name: name in form for name in _TICKS} | {"served_by": form.getlist("served_by")}
    values["referrals"] = referrals.of_form(form)
    hybrid = form.get("mode") == "hybrid"
    rows = [
        Row(
            person_id=person_id,
            role=form.get(f"role-{person_id}", ""),
            status=form.get(f"status-{person_id}", "present"),
            walk_in=f"walk_in-{person_id}" in form,
            mode=_mode(form, person_id) if hybrid else None,
        )
        for person_id in form.getlist("person")
    ]
    choices = {name.removeprefix("choose-"): text for name, text in form.items() if name.startswith("choose-")}
    return Draft(values=values, rows=rows, choices=choices)


def _mode(form: MultiDict[str, str], person_id: str) -> str:
    return "online" if f"online-{person_id}" in form else "in_person"


def asked_of(
    draft: Draft, schema: Schema, *, before: UnitState | None = None, fixed: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """What the draft asks for, as the API would have loaded it; raises `Invalid` with the wrong fields.

    What no field of the form shows (parts for several contracts, given target groups, a place) stays as it was.
    """
    values = draft.values
    asked: dict[str, Any] = {name: values[name] for name in _TEXTS if values.get(name)}
    for name in _NUMBERS:
        if (text := str(values.get(name) or "").strip()) != "":
            asked[name] = int(text) if text.lstrip("-").isdigit() else text
    asked["served_by"] = list(values["served_by"])
    asked["helpers"] = [line.strip() for line in (values.get("helpers") or "").splitlines() if line.strip()]
    asked["participants"] = [_participant(row, before) for row in draft.rows]
    asked |= {name: bool(values.get(name)) for name in _TICKS}
    asked["referrals"] = referrals.asked(values.get("referrals", ()), values.get("occurred_on", ""))
    if before is not None and before.unit is not None:
        asked.setdefault("activity", before.unit.activity)
    asked |= _contract(values, before) | dict(fixed or {})
    if not getattr(schema, "fields", {}).get("reason"):
        asked.pop("reason", None)
        asked.pop("reason_text", None)
    return load(schema, asked)


def _participant(row: Row, before: UnitState | None) -> dict[str, Any]:
    walk_in = row.walk_in and row.role not in ROLES_BESIDE_MEMBERS
    shown = {"person_id": row.person_id, "role": row.role, "status": row.status, "walk_in": walk_in}
    unit = before.unit if before is not None else None
    for one in unit.participants if unit is not None else ():
        if one.person_id == row.person_id:
            kept = one.mode if unit is not None and unit.mode != "hybrid" else None
            return {**shown, "target_groups": list(one.target_groups), "mode": row.mode or kept}
    return {**shown, "mode": row.mode}


def _contract(values: dict[str, Any], before: UnitState | None) -> dict[str, Any]:
    """One contract, or none; an entry with several parts keeps them, and its place and organisation."""
    unit = before.unit if before is not None else None
    kept: dict[str, Any] = {}
    if unit is not None:
        kept = {"place_id": unit.place_id, "organisation_id": unit.organisation_id, "late_reason": unit.late_reason}
        if len(unit.segments) > 1:
            parts = [{"contract_id": one.contract_id, "minutes": one.minutes} for one in unit.segments]
            return {**kept, "segments": parts, "split_approval": unit.split_approval, "contract_id": None}
    chosen = values.get("contract_id")
    return {**kept, "contract_id": None if chosen in (REGULAR, "", None) else chosen}
