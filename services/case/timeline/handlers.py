"""Opens the timeline of a case for somebody of its team, and writes the look down."""

from dataclasses import dataclass, field
from typing import Any

from services.case.cases import handlers as cases
from services.case.cases.domain import Case
from services.case.codes import TIMELINE_KINDS
from services.case.people.handlers import note_looks
from services.case.timeline import queries
from services.case.timeline.queries import READ_BY_NOTE_READERS, Wanted
from shared.auth.identity import Identity
from shared.auth.teams import reads_notes
from shared.eventstore import Recorded
from shared.service import Service


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """A case, its version, and one page of what happened in it; `stories` are those of entries that have changed."""

    case: Case
    version: int
    items: list[dict[str, Any]]
    following: str | None = None
    stories: dict[str, list[Recorded]] = field(default_factory=dict)


def open_timeline(
    service: Service,
    who: Identity,
    case_id: str,
    *,
    kind: str | None = None,
    limit: int,
    after: str | None = None,
    with_stories: bool = False,
) -> Timeline:
    """One page of what happened in a case, newest first; all kinds that this person may read, or one of them."""
    case, version = cases.load(service, who, case_id)
    kinds = {one for one in kinds_for(who) if kind in (None, one)}
    with service.database.read() as connection:
        steps = service.store.load(connection, case_id, who.agency_id)
        wanted = Wanted(kinds=kinds, limit=limit, after=after)
        items, following = queries.timeline(connection, case_id, steps, wanted)
        changed = [one["id"] for one in items if with_stories and one.get("version", 1) > 1]
        stories = {entry_id: service.store.load(connection, entry_id, who.agency_id) for entry_id in changed}
    note_looks(service, who, {member.person_id for member in case.members}, "case")
    return Timeline(case=case, version=version, items=items, following=following, stories=stories)


def kinds_for(who: Identity) -> tuple[str, ...]:
    """The kinds of entries this person may read."""
    return tuple(one for one in TIMELINE_KINDS if reads_notes(who) or one not in READ_BY_NOTE_READERS)
