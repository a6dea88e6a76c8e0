"""What a leader may say of an entry: read it, or return it; a correction makes it wait again."""

import pytest

from shared.errors import Forbidden, Invalid, RuleBroken
from shared.serviceunit.events import ServiceUnitRead, ServiceUnitReturned
from shared.serviceunit.lifecycle import UnitState
from shared.serviceunit.reading.domain import LONGEST, UNREAD, Entry, Reading, evolve, give_back, read
from shared.testing.units import a_unit

LEADER, AUTHOR = "account-leader", "account-1"
SECOND = Entry(UnitState("recorded", a_unit(), note_subject="person-1"), 2)
RETURNED = evolve(UNREAD, ServiceUnitReturned(unit_id="session-1", version=2, note_subject="person-1", comment="?"))


def test_reading_signs_for_the_version_that_was_read_once() -> None:
    assert read(SECOND, UNREAD, LEADER) == [ServiceUnitRead(unit_id="session-1", version=2)]
    after = evolve(UNREAD, ServiceUnitRead(unit_id="session-1", version=2))
    assert not SECOND.waits(after)
    assert read(SECOND, after, LEADER) == []


def test_a_correction_makes_it_wait_again_whatever_was_said_before() -> None:
    corrected = Entry(SECOND.state, 3)
    for before in (Reading(2), RETURNED):
        assert corrected.waits(before)
        assert not corrected.is_returned(before)


def test_it_is_returned_with_a_comment_once_and_may_be_read_after_all() -> None:
    (event,) = give_back(SECOND, Reading(2), LEADER, " 時間不對 ", "person-1")
    assert isinstance(event, ServiceUnitReturned)
    assert (event.version, event.note_subject, event.comment) == (2, "person-1", "時間不對")
    assert SECOND.is_returned(RETURNED)
    assert not SECOND.waits(RETURNED)
    with pytest.raises(RuleBroken, match="already"):
        give_back(SECOND, RETURNED, LEADER, "once more", "person-1")
    assert read(SECOND, RETURNED, LEADER) == [ServiceUnitRead(unit_id="session-1", version=2)]


@pytest.mark.parametrize("comment", ["", "  \n", "長" * (LONGEST + 1)])
def test_a_return_says_what_is_to_be_looked_at(comment: str) -> None:
    with pytest.raises(Invalid):
        give_back(SECOND, UNREAD, LEADER, comment, "person-1")


def test_nobody_signs_for_what_they_have_entered_themselves() -> None:
    with pytest.raises(Forbidden):
        read(SECOND, UNREAD, AUTHOR)
    with pytest.raises(Forbidden):
        give_back(SECOND, UNREAD, AUTHOR, "mine", "person-1")


@pytest.mark.parametrize("phase", ["planned", "voided"])
def test_only_what_is_recorded_is_read(phase: str) -> None:
    entry = Entry(UnitState(phase, a_unit(), note_subject="person-1"), 1)
    assert not entry.waits(UNREAD)
    with pytest.raises(RuleBroken):
        read(entry, UNREAD, LEADER)
