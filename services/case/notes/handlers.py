"""Keeping or destroying the notes of a session; what is counted stays as it is."""

from services.case.notes.events import NoteReviewed
from services.case.notes.queries import is_waiting
from services.case.sessions.handlers import is_shared, sessions
from services.case.tasks.handlers import destroy_notes_of
from shared.auth.identity import Identity
from shared.errors import Invalid, RuleBroken
from shared.eventstore import CommandMeta, Outcome, Work
from shared.service import Service
from shared.serviceunit.checks import unknown_code

DECISIONS = ("kept", "destroyed")


def review(
    service: Service, who: Identity, meta: CommandMeta, session_id: str, decision: str, *, dry_run: bool = False
) -> Outcome:
    """Keep the notes of a session, or destroy them in all its versions."""
    if decision not in DECISIONS:
        raise Invalid.of([unknown_code("decision", decision, DECISIONS)])
    sessions.read(service, who, session_id)

    def body(work: Work) -> None:
        stream_id = f"note-review-{session_id}"
        version = service.store.version(work.connection, stream_id, who.agency_id)
        if not is_waiting(work.connection, session_id):
            raise RuleBroken("nothing_to_review", "The notes of this session do not wait for a decision.")
        if decision == "destroyed":
            subjects = {recorded.event.note_subject for recorded in work.load(session_id)}
            for subject in filter(is_shared, subjects):
                service.vault.destroy(work.connection, subject)
            destroy_notes_of(service, work, session_id)
        work.append(stream_id, [NoteReviewed(unit_id=session_id, decision=decision)], version)

    return service.store.run(meta, body, dry_run=dry_run)
