"""A session as the API and the pages show it."""

from typing import Any

import msgspec

from shared.auth.identity import Identity
from shared.auth.teams import reads_notes
from shared.eventstore import Recorded
from shared.serviceunit.lifecycle import UnitState


def represented(state: UnitState, version: int, who: Identity) -> dict[str, Any]:
    """A session for an answer; the note goes to those who may read notes."""
    assert state.unit is not None
    shown: dict[str, Any] = {
        "session_id": state.unit.unit_id,
        "version": version,
        "phase": state.phase,
        **msgspec.to_builtins(state.unit),
        "helpers": dict(state.helpers),
    }
    return shown | ({"note": state.note} if reads_notes(who) else {})


def told(recorded: Recorded, who: Identity, names: dict[str, str]) -> dict[str, Any]:
    """One version in the story of a session."""
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
    if reads_notes(who):
        shown |= {"reason_text": getattr(event, "reason_text", None), "note": getattr(event, "note", None)}
    return shown
