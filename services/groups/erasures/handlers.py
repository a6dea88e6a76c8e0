"""Erasing a person here: destroy their key, say so, and have somebody look at notes that may name them."""

from services.groups.erasures.events import NoteReviewed, PersonKeysDropped
from services.groups.erasures.queries import is_waiting
from services.groups.meetings.handlers import meetings
from shared.auth.identity import Identity
from shared.auth.teams import require_team
from shared.errors import Invalid, RuleBroken
from shared.eventstore import CommandMeta, EventStore, Outcome, Work
from shared.privacy.vault import Vault
from shared.service import Service

DECISIONS = ("kept", "destroyed")


def drop_keys(store: EventStore, vault: Vault, meta: CommandMeta, work: Work, person_id: str) -> None:
    """Destroy the person's key, and say once that it is gone."""
    vault.destroy(work.connection, person_id)
    stream_id = f"erasure-{person_id}"
    if not store.version(work.connection, stream_id, meta.agency_id):
        work.append(stream_id, [PersonKeysDropped(person_id=person_id, service="groups")], 0)


def review_note(service: Service, who: Identity, meta: CommandMeta, unit_id: str, decision: str) -> Outcome:
    """Keep the notes of a meeting, or destroy them in all its versions; what is counted stays as it is."""
    if decision not in DECISIONS:
        raise Invalid("not_a_choice", "Choose one of: %(choices)s.", field="decision", choices=", ".join(DECISIONS))
    state, _ = meetings.read(service, who, unit_id)
    assert state.unit is not None
    require_team(who, state.unit.team_id)

    def body(work: Work) -> None:
        if not is_waiting(work.connection, unit_id):
            raise RuleBroken("nothing_to_review", "The notes of this meeting do not wait for a decision.")
        if decision == "destroyed":
            service.vault.destroy(work.connection, state.note_subject)
        stream_id = f"note-review-{unit_id}"
        version = service.store.version(work.connection, stream_id, who.agency_id)
        work.append(stream_id, [NoteReviewed(unit_id=unit_id, decision=decision)], version)

    return service.store.run(meta, body)
