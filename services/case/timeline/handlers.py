"""Opens the timeline of a case for somebody of its team, and writes the look down."""

from typing import Any

from services.case.cases import handlers as cases
from services.case.cases.domain import Case
from services.case.people.handlers import note_looks
from services.case.timeline import queries
from shared.auth.identity import Identity
from shared.auth.teams import reads_notes
from shared.service import Service


def open_timeline(service: Service, who: Identity, case_id: str) -> tuple[Case, int, list[dict[str, Any]]]:
    """The case, its version, and all that happened in it, newest first."""
    case, version = cases.load(service, who, case_id)
    with service.database.read() as connection:
        steps = service.store.load(connection, case_id, who.agency_id)
        items = queries.timeline(connection, case_id, steps, with_assessments=reads_notes(who))
    note_looks(service, who, {member.person_id for member in case.members}, "case")
    return case, version, items
