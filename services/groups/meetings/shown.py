"""How a meeting, its story and what is worth a second look are shown, to programs and on pages."""

from typing import Any

import msgspec
from flask_babel import gettext

from services.groups.meetings.domain import Notice
from shared.auth.identity import Identity
from shared.auth.roles import NOTE_READERS
from shared.eventstore import Recorded
from shared.serviceunit.lifecycle import UnitState


def represented(state: UnitState, version: int, who: Identity) -> dict[str, Any]:
    """A meeting for an answer; the note goes to those who may read notes."""
    assert state.unit is not None
    shown: dict[str, Any] = {
        "meeting_id": state.unit.unit_id,
        "version": version,
        "phase": state.phase,
        **msgspec.to_builtins(state.unit),
        "helpers": dict(state.helpers),
    }
    if who.role in NOTE_READERS:
        shown["note"] = state.note
    return shown


def told(recorded: Recorded, who: Identity, names: dict[str, str]) -> dict[str, Any]:
    """One version in the story of a meeting."""
    event = recorded.event
    shown: dict[str, Any] = {
        "version": recorded.version,
        "type": recorded.type,
        "recorded_at": recorded.recorded_at.isoformat(),
        "actor": recorded.actor,
        "actor_name": names.get(recorded.actor),
        "reason": getattr(event, "reason", None),
        "unit": msgspec.to_builtins(event.unit) if hasattr(event, "unit") else None,
    }
    if who.role in NOTE_READERS:
        shown["reason_text"] = getattr(event, "reason_text", None)
        shown["note"] = getattr(event, "note", None)
    return shown


def warned(notices: list[Notice]) -> list[dict[str, Any]]:
    """Notices in the language of the request."""
    return [
        {"code": one.code, "message": gettext(one.message, **one.params), "path": one.path, **one.params}
        for one in notices
    ]
