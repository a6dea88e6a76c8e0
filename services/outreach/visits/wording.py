"""A visit in words, where two versions of it stand beside each other."""

from flask_babel import gettext, lazy_gettext

from services.outreach import naming
from services.outreach.visits.domain import NOT_MET
from services.outreach.visits.forms import Row
from shared.serviceunit.compared import Words


def _row_words(row: Row, other: Row | None) -> str:
    """Whether somebody was met; the role only where it differs."""
    met = gettext("Not met") if row.status in NOT_MET else gettext("Met")
    return met if other is not None and other.role == row.role else f"{met} · {naming.label('role', row.role)}"


WORDS = Words(
    {
        "occurred_on": lazy_gettext("Date"),
        "starts_at": lazy_gettext("Start"),
        "minutes": lazy_gettext("Duration"),
        "cancelled": lazy_gettext("The visit was cancelled"),
        "mode": lazy_gettext("Mode"),
        "setting": lazy_gettext("Setting"),
        "place_id": lazy_gettext("Place"),
        "case_id": lazy_gettext("Case"),
        "aftercare": lazy_gettext("This is aftercare: the case is closed"),
        "contract_id": lazy_gettext("Contract"),
        "served_by": lazy_gettext("Served by"),
        "helpers": lazy_gettext("Helpers without an account"),
        "unidentified_count": lazy_gettext("Others met, without noting who"),
        "note": lazy_gettext("Note"),
        "child_safety_concern": lazy_gettext("Child safety concern"),
        "referrals": lazy_gettext("Referrals"),
    },
    _row_words,
)
