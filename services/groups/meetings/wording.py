"""A roster in words, where two versions of it stand beside each other."""

from flask_babel import get_locale, gettext, lazy_gettext

from services.groups.meetings.forms import Row
from shared.serviceunit import codes
from shared.serviceunit.compared import Words


def _row_words(row: Row, other: Row | None) -> str:
    """Attendance, and the role only where it differs."""
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


WORDS = Words(
    {
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
        "co_organised": lazy_gettext("Organised with another agency"),
        "sign_in_sheet": lazy_gettext("File reference of the sign-in sheet"),
        "note": lazy_gettext("Note"),
        "child_safety_concern": lazy_gettext("Child safety concern"),
        "referrals": lazy_gettext("Referrals"),
    },
    _row_words,
)
