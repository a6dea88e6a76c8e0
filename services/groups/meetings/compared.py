"""Two versions of a meeting in the words of the page, for whoever has to choose between them."""

from datetime import date
from typing import Any

from flask_babel import get_locale, gettext, lazy_gettext

from services.groups.meetings.conflicts import differences
from services.groups.meetings.forms import Draft, Row
from shared.serviceunit import codes
from shared.serviceunit.referrals import Line
from shared.web.shell import day

_LABELS = {
    "occurred_on": lazy_gettext("Date"),
    "starts_at": lazy_gettext("Start"),
    "minutes": lazy_gettext("Length"),
    "status": lazy_gettext("What happened"),
    "activity": lazy_gettext("Activity"),
    "mode": lazy_gettext("Mode"),
    "setting": lazy_gettext("Setting"),
    "contract_id": lazy_gettext("Contract"),
    "served_by": lazy_gettext("Served by"),
    "helpers": lazy_gettext("Helpers without an account, one a line"),
    "unidentified_count": lazy_gettext("Others present, not known by name"),
    "partner_count": lazy_gettext("People of a partner agency"),
    "sign_in_sheet": lazy_gettext("File reference of the sign-in sheet"),
    "note": lazy_gettext("Note"),
    "child_safety_concern": lazy_gettext("Child safety concern"),
    "referrals": lazy_gettext("Referrals"),
}
_CODED = ("status", "activity", "mode", "setting")


def compared(mine: Draft, theirs: Draft, names: dict[str, str]) -> list[dict[str, Any]]:
    """A line for every difference; `names` are those of people, colleagues and contracts by id."""
    return [
        {
            "key": key,
            "label": _LABELS.get(key) or names.get(key, key),
            "mine": _worded(mine, theirs, key, names),
            "theirs": _worded(theirs, mine, key, names),
            "choice": mine.choices.get(key, ""),
        }
        for key in differences(mine, theirs)
    ]


def _worded(draft: Draft, other: Draft, key: str, names: dict[str, str]) -> str:
    if key not in _LABELS:
        return _worded_row(_row(draft, key), _row(other, key))
    value = draft.values.get(key)
    if not value:
        return "–"
    if value is True:
        return str(gettext("Yes"))
    if key == "referrals":
        return str(gettext("; ")).join(_worded_referral(one, names) for one in value)
    if isinstance(value, list):
        return str(gettext(", ")).join(str(names.get(one, one)) for one in value)
    if key in _CODED:
        return codes.label(key, value, str(get_locale()))
    if key == "occurred_on":
        return day(date.fromisoformat(value))
    return names.get(value, value) if key == "contract_id" else str(value)


def _worded_referral(line: Line, names: dict[str, str]) -> str:
    parts = [names.get(line.person_id, line.person_id), _label("destination", line.destination), line.on]
    answer = {"yes": gettext("Taken up"), "no": gettext("Not taken up")}.get(line.taken_up)
    return " · ".join([part for part in (*parts, answer) if part])


def _row(draft: Draft, person_id: str) -> Row | None:
    return next((row for row in draft.rows if row.person_id == person_id), None)


def _worded_row(row: Row | None, other: Row | None) -> str:
    if row is None:
        return str(gettext("Not on the list"))
    parts = [_label("attendance", row.status)]
    if other is None or other.role != row.role:
        parts.append(_label("role", row.role))
    if row.place == "walk_in":
        parts.append(gettext("Walk-in"))
    if row.mode == "online":
        parts.append(_label("mode", row.mode))
    return " · ".join(parts)


def _label(vocabulary: str, code: str) -> str:
    return codes.label(vocabulary, code, str(get_locale()))
