"""Events told as steps: what each takes away and what it brings, everybody under the id that stands for them then.

A merge takes away the sessions and questionnaires of the people it is about, and brings the same back under one id. A
figure that is kept up to date step by step so needs to know nothing of who is whom.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from msgspec import structs

from services.reporting.indicators.changes import Happened, Step, Thing, in_order
from services.reporting.indicators.facts import Identities, Score, Unit

Edge = tuple[str, str]
T = TypeVar("T", bound=Thing)


def told(events: Iterable[Happened]) -> list[Step]:
    """All that ever happened, as steps in the order it was recorded."""
    return Teller().tell(in_order(events))


class Teller:
    """What lives so far, and who is whom; told every event once, in the order they were recorded.

    It may begin with who was whom, and with what lived; where no later event merges or parts anybody, without that.
    """

    def __init__(self, edges: Sequence[Edge] = (), living: Iterable[Unit | Score] = ()) -> None:
        self._who = _WhoIsWhom(edges)
        # The sessions and questionnaires of people as they were written, by id.
        self._living: dict[str, Thing] = {}
        self._with_person: dict[str, set[str]] = defaultdict(set)
        for thing in living:
            self._begin(thing)

    def tell(self, events: Iterable[Happened]) -> list[Step]:
        """These events as steps."""
        return [self._step(happened) for happened in events]

    def _step(self, happened: Happened) -> Step:
        if happened.joined is not None or happened.parted is not None:
            return self._tell_anew(happened)
        gone = () if happened.ended is None else (self._end(happened.ended),)
        come = () if happened.begun is None else (self._begin(happened.begun),)
        return Step(happened, gone, come)

    def _tell_anew(self, happened: Happened) -> Step:
        """The living things of people who have come under another id."""
        moved = self._who.moved_by(happened)
        touched = {own_id for person_id in moved for own_id in self._with_person.get(person_id, ())}
        things = [self._living[own_id] for own_id in sorted(touched)]
        gone = tuple(resolved(thing, self._who.same) for thing in things)
        self._who.same.update(moved)
        return Step(happened, gone, tuple(resolved(thing, self._who.same) for thing in things))

    def _begin(self, thing: Thing) -> Thing:
        for person_id in people_in(thing):
            self._with_person[person_id].add(_id_of(thing))
            self._living[_id_of(thing)] = thing
        return resolved(thing, self._who.same)

    def _end(self, thing: Thing) -> Thing:
        for person_id in people_in(thing):
            self._with_person[person_id].discard(_id_of(thing))
            self._living.pop(_id_of(thing), None)
        return resolved(thing, self._who.same)


class _WhoIsWhom:
    """Merges and identifications as they come and go: each is about those alone whom it joins or parts."""

    def __init__(self, edges: Sequence[Edge]) -> None:
        self._edges: dict[str, list[Edge]] = defaultdict(list)
        for edge in edges:
            for end in edge:
                self._edges[end].append(edge)
        self.same = dict(Identities(edges).resolved)

    def moved_by(self, happened: Happened) -> dict[str, str]:
        """A merge or an identification, or the end of one: the ids for which another one is to stand in `same`."""
        if happened.joined is not None:
            for end in happened.joined:
                self._edges[end].append(happened.joined)
            return self._look_again(self._one_with(happened.joined))
        assert happened.parted is not None
        together = self._one_with(happened.parted)
        for end in happened.parted:
            self._edges[end].remove(happened.parted)
        return self._look_again(together)

    def _one_with(self, some: Iterable[str]) -> set[str]:
        """Everybody who is one with these people over any number of edges."""
        found, waiting = set(some), list(some)
        while waiting:
            near = {end for edge in self._edges[waiting.pop()] for end in edge} - found
            found |= near
            waiting += near
        return found

    def _look_again(self, ids: set[str]) -> dict[str, str]:
        now = Identities(edge for one in ids for edge in self._edges[one])
        return {one: now.resolve(one) for one in ids if self.same.get(one, one) != now.resolve(one)}


def resolved(thing: T, same: Mapping[str, str]) -> T:
    """The same with the ids that stand for its people."""
    if isinstance(thing, Unit):
        if same.keys().isdisjoint(people_in(thing)):
            return thing
        people = (one._replace(person_id=same.get(one.person_id, one.person_id)) for one in thing.people)
        return structs.replace(thing, people=tuple(people))
    if isinstance(thing, Score) and thing.person_id is not None and thing.person_id in same:
        return replace(thing, person_id=same[thing.person_id])
    return thing


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
