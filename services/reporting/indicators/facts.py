"""What is counted: the living entries of one contract at a cut, as plain values."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import groupby
from typing import Literal, NamedTuple

import msgspec


class Presence(NamedTuple):
    """One person at one session, as recorded: the id is resolved only when people are counted."""

    person_id: str
    role: str
    target_groups: tuple[str, ...]
    status: str


class Unit(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The living version of one session, meeting or visit, seen by one contract; `minutes` are that contract's part."""

    unit_id: str
    kind: str
    status: str
    occurred_on: date
    mode: str
    setting: str
    service: str = ""
    version: int = 1
    event_id: str = ""
    activity: str | None = None
    minutes: int | None = None
    tags: tuple[str, ...] = ()
    organisation_id: str | None = None
    unidentified: int = 0
    people: tuple[Presence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A session as its team sees it: whose it is, of which group, and by whom it was given."""

    team_id: str
    group_id: str | None
    workers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A case came to be open, or was closed, on a day; `version` puts the stages of one case in order."""

    case_id: str
    version: int
    stage: Literal["opened", "closed"]
    on: date
    event_id: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """The stages of one case, in their order."""

    case_id: str
    stages: tuple[Stage, ...]

    @property
    def spans(self) -> list[tuple[date, date | None]]:
        """From and to when it was open, both days included. One closed before it ever opened was open on no day."""
        spans: list[tuple[date, date | None]] = []
        for one in self.stages:
            if one.stage == "opened":
                spans.append((one.on, None))
            elif spans:
                spans[-1] = (spans[-1][0], one.on)
        return spans


def cases_of(stages: Iterable[Stage]) -> tuple[Case, ...]:
    """The cases to which these stages belong."""
    ordered = sorted(stages, key=lambda one: (one.case_id, one.version))
    return tuple(Case(case_id, tuple(own)) for case_id, own in groupby(ordered, key=lambda one: one.case_id))


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One administration of a questionnaire; an anonymous one has no person."""

    assessment_id: str
    person_id: str | None
    instrument: str
    phase: str
    assessed_on: date
    total: int | None
    team_id: str | None = None
    event_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The totals of an anonymous questionnaire of one event."""

    tally_id: str
    instrument: str
    assessed_on: date
    satisfied: int
    not_satisfied: int
    event_id: str = ""


class Identities:
    """Who is whom at a cut: merged people and identified contacts resolve to one id, in any order of the edges."""

    def __init__(self, edges: Iterable[tuple[str, str]] = ()) -> None:
        pairs = [(absorbed, into) for absorbed, into in edges if absorbed != into]
        parent: dict[str, str] = {}

        def root(person_id: str) -> str:
            while (above := parent.setdefault(person_id, person_id)) != person_id:
                parent[person_id] = parent[above]
                person_id = above
            return person_id

        for absorbed, into in pairs:
            parent[root(absorbed)] = root(into)
        groups: dict[str, list[str]] = {}
        for person_id in sorted(parent):
            groups.setdefault(root(person_id), []).append(person_id)
        absorbed_ids = {absorbed for absorbed, _ in pairs}
        self._same: dict[str, str] = {}
        for members in groups.values():
            # The one that was absorbed by nobody stands for all.
            survivor = next((one for one in members if one not in absorbed_ids), members[0])
            self._same.update(dict.fromkeys(members, survivor))

    def resolve(self, person_id: str) -> str:
        return self._same.get(person_id, person_id)

    @property
    def resolved(self) -> Mapping[str, str]:
        return self._same


@dataclass(frozen=True)
class Facts:
    """Everything one contract's figures are counted from."""

    units: tuple[Unit, ...] = ()
    scores: tuple[Score, ...] = ()
    tallies: tuple[Tally, ...] = ()
    cases: tuple[Case, ...] = ()
    identities: Identities = field(default_factory=Identities)

    @cached_property
    def alike(self) -> list[list[Unit]]:
        """The sessions in groups of one kind, activity, setting, mode and tags: what a measure is about, it asks once
        of each group.
        """
        groups: dict[tuple[object, ...], list[Unit]] = defaultdict(list)
        for unit in self.units:
            groups[unit.kind, unit.activity, unit.setting, unit.mode, unit.tags].append(unit)
        return list(groups.values())


NOTHING = Facts()
"""Nothing is known yet."""
