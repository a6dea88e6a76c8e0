"""How an entry, its story and what is worth a second look are shown, to programs and on pages."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from flask_babel import get_locale, gettext, lazy_gettext

from shared.auth.identity import Identity
from shared.auth.teams import reads_notes
from shared.eventstore import Recorded
from shared.serviceunit import codes
from shared.serviceunit.lifecycle import UnitState
from shared.serviceunit.notices import Notice

_STORY = {
    "ServiceUnitPlanned": lazy_gettext("Planned"),
    "ServiceUnitRecorded": lazy_gettext("Recorded"),
    "ServiceUnitCorrected": lazy_gettext("Corrected"),
    "ServiceUnitVoided": lazy_gettext("Voided"),
    "ServiceUnitRead": lazy_gettext("Read and signed"),
    "ServiceUnitReturned": lazy_gettext("Returned"),
}


def represented(state: UnitState, version: int, who: Identity) -> dict[str, Any]:
    """An entry for an answer; the note goes to those who may read notes."""
    assert state.unit is not None
    shown: dict[str, Any] = {
        "version": version,
        "phase": state.phase,
        **msgspec.to_builtins(state.unit),
        "helpers": dict(state.helpers),
    }
    return shown | ({"note": state.note} if reads_notes(who) else {})


def told(recorded: Recorded, who: Identity, names: dict[str, str]) -> dict[str, Any]:
    """One version in the story of an entry; `names` are those of the agency's accounts."""
    event = recorded.event
    shown: dict[str, Any] = {
        "version": recorded.version,
        "type": recorded.type,
        "recorded_at": recorded.recorded_at.isoformat(),
        "actor": recorded.actor,
        "actor_name": names.get(recorded.actor),
        "file_row": row_of(recorded.causation_id),
        "reason": getattr(event, "reason", None),
        "unit": msgspec.to_builtins(event.unit) if hasattr(event, "unit") else None,
    }
    if reads_notes(who):
        shown |= {name: getattr(event, name, None) for name in ("reason_text", "note", "comment")}
    return shown


def row_of(causation_id: str | None) -> int | None:
    """The row of a file that an event came from; None where it was typed."""
    source, _, row = (causation_id or "").rpartition(":")
    return int(row) if source.startswith("file:") else None


def line(item: dict[str, Any], detail: str | None) -> dict[str, Any]:
    """One version of an entry as a line of its story on a page; `detail` says what the entry held."""
    what = _STORY[item["type"]]
    if item.get("file_row") is not None:
        what = gettext("%(what)s · row %(row)s of a file", what=what, row=item["file_row"])
    reason = codes.label("reason", item["reason"], str(get_locale()))
    return {
        "what": what,
        "who": item["actor_name"],
        "when": item["recorded_at"],
        "detail": detail,
        "reason": " · ".join(part for part in (reason, item.get("reason_text"), item.get("comment")) if part),
    }


def warned(notices: Iterable[Notice]) -> list[dict[str, Any]]:
    """Notices in the language of the request."""
    return [
        {"code": one.code, "message": gettext(one.message, **one.params), "path": one.path, **one.params}
        for one in notices
    ]


def contract_title(contract: Mapping[str, Any]) -> str:
    """The title of a contract that was learnt, in the language of the page."""
    title = contract["title"]
    if not isinstance(title, dict):
        return str(title or contract["contract_id"])
    language = "zh-Hant" if str(get_locale()).startswith("zh") else "en"
    return str(title.get(language) or next(iter(title.values()), contract["contract_id"]))
