"""What a leader may say of an entry. Pure."""

from dataclasses import dataclass
from typing import assert_never

from shared.errors import Forbidden, Invalid, RuleBroken
from shared.serviceunit.events import ReadingEvent, ServiceUnitRead, ServiceUnitReturned
from shared.serviceunit.lifecycle import UnitState

LONGEST = 2000
"""Characters of a comment."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was said last: of which version (0: of none), whether it was returned, and with which comment."""

    version: int = 0
    returned: bool = False
    comment: str | None = None


UNREAD = Reading()


@dataclass(frozen=True, slots=True)
class Entry:
    """The entry that is read, and the version it has now."""

    state: UnitState
    version: int

    def waits(self, reading: Reading) -> bool:
        """Say whether this version still waits to be read."""
        return self.state.phase == "recorded" and reading.version < self.version

    def is_returned(self, reading: Reading) -> bool:
        """Say whether this version lies with its author again."""
        return self.state.phase == "recorded" and reading.returned and reading.version == self.version


def may_read(entry: UnitState, account_id: str) -> bool:
    """Say whether there is something to read here that this account has not entered itself."""
    return entry.phase == "recorded" and entry.unit is not None and entry.unit.entered_by != account_id


def read(entry: Entry, reading: Reading, by: str) -> list[ReadingEvent]:
    """Sign for this version; once is enough. Raises `RuleBroken` or `Forbidden` where nothing may be read."""
    _require(entry, by)
    if reading.version == entry.version and not reading.returned:
        return []
    return [ServiceUnitRead(unit_id=_id(entry), version=entry.version)]


def give_back(entry: Entry, reading: Reading, by: str, comment: str, subject: str) -> list[ReadingEvent]:
    """Return this version to its author; `subject` is whose key seals the comment. Raises as `read`, and `Invalid`."""
    _require(entry, by)
    said = comment.strip()
    if not said:
        raise Invalid("required", "Please fill this in.", field="comment")
    if len(said) > LONGEST:
        raise Invalid("too_long", "This is too long: at most %(most)s.", field="comment", most=LONGEST)
    if entry.is_returned(reading):
        raise RuleBroken("entry_returned_already", "This entry was returned already. It waits for its author.")
    return [ServiceUnitReturned(unit_id=_id(entry), version=entry.version, note_subject=subject, comment=said)]


def evolve(_: Reading, event: ReadingEvent) -> Reading:
    """What was said last is what holds."""
    match event:
        case ServiceUnitRead(version=version):
            return Reading(version)
        case ServiceUnitReturned(version=version, comment=comment):
            return Reading(version, returned=True, comment=comment)
        case _:
            assert_never(event)


def _require(entry: Entry, by: str) -> None:
    if entry.state.phase != "recorded":
        raise RuleBroken("entry_not_to_be_read", "Only what is recorded can be read and signed.")
    if not may_read(entry.state, by):
        raise Forbidden("own_entry", "Somebody else reads what you have entered.")


def _id(entry: Entry) -> str:
    assert entry.state.unit is not None
    return entry.state.unit.unit_id
