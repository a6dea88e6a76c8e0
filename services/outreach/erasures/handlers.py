"""Reviewing notes about several people after one of them was erased."""

from typing import Any

from services.outreach.erasures import queries
from services.outreach.erasures.domain import decide
from shared.auth.identity import Identity
from shared.auth.teams import require_team, teams_seen
from shared.errors import NotFound
from shared.eventstore import CommandMeta, Outcome, Work
from shared.ids import require_id
from shared.service import Service
from shared.serviceunit import lifecycle


def list_reviews(service: Service, who: Identity) -> list[dict[str, Any]]:
    """The visits of this leader's teams whose notes wait."""
    with service.database.read() as connection:
        return queries.waiting_reviews(connection, who.agency_id, teams_seen(who))


def review_note(service: Service, who: Identity, meta: CommandMeta, visit_id: str, decision: str) -> Outcome:
    """Keep the note, or destroy it by destroying the visit's own key."""

    require_id(visit_id, "visit")

    def body(work: Work) -> None:
        state, _ = work.fold(visit_id, lifecycle.INITIAL, lifecycle.evolve)
        if state.unit is None:
            raise NotFound("entry_not_found", "There is no such entry.")
        require_team(who, state.unit.team_id)
        subject = queries.waiting_subject(work.connection, visit_id)
        events = decide(visit_id, decision, waiting=subject is not None)
        if subject is not None and decision == "destroyed":
            service.vault.destroy(work.connection, subject)
        stream_id = f"note-review-{visit_id}"
        work.append(stream_id, events, len(work.load(stream_id)))

    return service.store.run(meta, body)
