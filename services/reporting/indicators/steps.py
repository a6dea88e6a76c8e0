"""Events told as steps: what each takes away and what it brings, everybody under the id that stands for them then.

A merge takes away the sessions and questionnaires of the people it is about, and brings the same back under one id. A
figure that is kept up to date step by step so needs to know nothing of who is whom.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from msgspec import structs

from services.reporting.indicators.changes import Happened, Step, Thing, in_order
from services.reporting.indicators.facts import Identities, Score, Unit

Edge = tuple[str, str]


def told(events: Iterable[Happened]) -> list[Step]:
    """All that ever happened, as steps in the order it was recorded."""
    return Teller().tell(in_order(events))


class Teller:
    """What lives so far, and who is whom; told every event once, in the order they were recorded."""

    def __init__(self) -> None:
        self._who = _WhoIsWhom()
        # By its id, a session or questionnaire of people as it was written, and as it was told last.
        self._living: dict[str, tuple[Thing, Thing]] = {}
        self._with_person: dict[str, set[str]] = defaultdict(set)

    def tell(self, events: Iterable[Happened]) -> list[Step]:
        """These events as steps."""
        return [self._step(happened) for happened in events]

    def _step(self, happened: Happened) -> Step:
        if happened.joined is not None or happened.parted is not None:
            return self._tell_anew(happened, self._who.moved_by(happened))
        gone = () if happened.ended is None else (self._end(happened.ended),)
        come = () if happened.begun is None else (self._begin(happened.begun),)
        return Step(happened, gone, come)

    def _tell_anew(self, happened: Happened, moved: Iterable[str]) -> Step:
        """The living things of people who have come under another id."""
        touched = sorted({own_id for person_id in moved for own_id in self._with_person.get(person_id, ())})
        before = [self._living[own_id] for own_id in touched]
        return Step(happened, tuple(told for _, told in before), tuple(self._begin(written) for written, _ in before))

    def _begin(self, thing: Thing) -> Thing:
        people = people_in(thing)
        if people:
            told, own_id = self._who.resolved(thing), _id_of(thing)
            self._living[own_id] = thing, told
            for person_id in people:
                self._with_person[person_id].add(own_id)
            return told
        return thing

    def _end(self, thing: Thing) -> Thing:
        people = people_in(thing)
        if people:
            own_id = _id_of(thing)
            for person_id in people:
                self._with_person[person_id].discard(own_id)
            return self._living.pop(own_id)[1]
        return thing


class _WhoIsWhom:
    """Merges and identifications as they come and go: each is about those alone whom it joins or parts."""

    def __init__(self) -> None:
        self._edges: dict[str, list[Edge]] = defaultdict(list)
        self._same: dict[str, str] = {}

    def moved_by(self, happened: Happened) -> set[str]:
        """Take a merge or an identification, or the end of one; returns the ids for which another one stands now."""
        if happened.joined is not None:
            for end in happened.joined:
                self._edges[end].append(happened.joined)
            return self._look_again(self._one_with(happened.joined))
        assert happened.parted is not None
        together = self._one_with(happened.parted)
        for end in happened.parted:
            self._edges[end].remove(happened.parted)
        return self._look_again(together)

    def resolved(self, thing: Thing) -> Thing:
        """The same with the ids that stand for its people now."""
        same = self._same
        if isinstance(thing, Unit):
            if same.keys().isdisjoint(person.person_id for person in thing.people):
                return thing
            people = (one._replace(person_id=same.get(one.person_id, one.person_id)) for one in thing.people)
            return structs.replace(thing, people=tuple(people))
        if isinstance(thing, Score) and thing.person_id in same:
            return replace(thing, person_id=same[thing.person_id])
        return thing

    def _one_with(self, some: Iterable[str]) -> set[str]:
        """Everybody who is one with these people over any number of edges."""
        found, waiting = set(some), list(some)
        while waiting:
            near = {end for edge in self._edges[waiting.pop()] for end in edge} - found
            found |= near
            waiting += near
        return found

    def _look_again(self, ids: set[str]) -> set[str]:
        now = Identities(edge for one in ids for edge in self._edges[one])
        moved = {one for one in ids if self._same.get(one, one) != now.resolve(one)}
        for one in moved:
            self._same[one] = now.resolve(one)
        return moved


def people_in(thing: Thing) -> Sequence[str]:
    """The ids of the people of a session or a questionnaire, as they stand there."""
    if isinstance(thing, Unit):
        return [person.person_id for person in thing.people]
    return [thing.person_id] if isinstance(thing, Score) and thing.person_id is not None else ()


def _id_of(thing: Thing) -> str:
    if isinstance(thing, Unit):
        return thing.unit_id
    assert isinstance(thing, Score)
    return thing.assessment_id
