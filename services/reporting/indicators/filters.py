"""Which sessions count for a measure, and for those that do not, the one reason why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import msgspec

from services.reporting.indicators.definition import Counting, Measure, Opening, Period, Where
from services.reporting.indicators.facts import Facts, Identities, Presence, Unit

LEFT_OUT = (
    "other_kind",
    "other_activity",
    "other_setting",
    "other_mode",
    "other_tag",
    "outside_period",
    "in_opening",
    "status",
    "mode",
    "minimum_minutes",
    "tag",
    "nobody_attended",
    "role",
    "target_group",
    "not_primary_role",
)
"""Why a session is left out, in the order in which it is asked: first what the measure is about, then the rules."""

AS_WRITTEN = Identities()
"""Nobody is anybody else."""


_NOBODY_CAME = frozenset({"missed", "no_show"})
"""Where a contract counts such attempts, they count for those who were to be met, whatever is noted of each."""

_KEPT = 4096
"""Of how many rosters a filter keeps who counts."""


class Counted(msgspec.Struct, frozen=True, gc=False):
    """A session that counts for a measure, with the people who make it count, each once (resolved)."""

    unit: Unit
    people: frozenset[str]


class Filter:
    """The filters of one measure as one question about a session."""

    def __init__(
        self, wheres: Iterable[Where], counting: Counting, period: Period, opening: Opening | None = None
    ) -> None:
        wheres = tuple(wheres)
        self._counting, self._period, self._opening = counting, period, opening
        self._kinds = _all_of(where.kind for where in wheres)
        self._activities = _all_of(where.activity for where in wheres)
        self._settings = _all_of(where.setting for where in wheres)
        self._modes = _all_of(where.mode for where in wheres)
        self._roles = _all_of(where.role for where in wheres)
        self._known: dict[tuple[object, ...], frozenset[str]] = {}
        # A session has several tags and a person several groups: each condition asks for one of its own.
        self._tags = [where.tag for where in wheres if where.tag is not None]
        self._groups = [where.target_group for where in wheres if where.target_group is not None]

    def reason_to_leave_out(self, unit: Unit) -> str | None:
        """The first reason why this session does not count, or None when it counts."""
        return self._by_measure(unit) or self._by_rules(unit) or self._by_people(unit)

    def is_about(self, unit: Unit) -> bool:
        """Whether a session is of the kind, activity, setting, mode and tags that the measure is about."""
        return self._by_measure(unit) is None

    def matching(self, unit: Unit) -> list[Presence]:
        """The people of a session who make it count."""
        roles, groups, attended = self._roles, self._groups, self._counting.participant_status
        nobody_came = unit.status in _NOBODY_CAME
        return [
            person
            for person in self._candidates(unit)
            if (nobody_came or person.status in attended)
            and (roles is None or person.role in roles)
            and (not groups or all(not group.isdisjoint(person.target_groups) for group in groups))
        ]

    def counted(self, unit: Unit, identities: Identities = AS_WRITTEN) -> Counted | None:
        """The session with its people, or None when it does not count."""
        if self._by_measure(unit) or self._by_rules(unit):
            return None
        people = self._people(unit, identities)
        return Counted(unit, people) if people else None

    def _people(self, unit: Unit, identities: Identities) -> frozenset[str]:
        """Who makes a session count (resolved). Many sessions are of the same people: of each set there is one."""
        asked = unit.people, unit.status, identities
        if asked not in self._known:
            if len(self._known) >= _KEPT:
                self._known.clear()
            same = identities.resolved
            self._known[asked] = frozenset([same.get(one.person_id, one.person_id) for one in self.matching(unit)])
        return self._known[asked]

    def _by_measure(self, unit: Unit) -> str | None:
        if self._kinds is not None and unit.kind not in self._kinds:
            return "other_kind"
        if self._activities is not None and unit.activity not in self._activities:
            return "other_activity"
        if self._settings is not None and unit.setting not in self._settings:
            return "other_setting"
        if self._modes is not None and unit.mode not in self._modes:
            return "other_mode"
        if self._tags and any(tags.isdisjoint(unit.tags) for tags in self._tags):
            return "other_tag"
        return None

    def _by_rules(self, unit: Unit) -> str | None:
        counting = self._counting
        if unit.occurred_on not in self._period:
            return "outside_period"
        if self._opening is not None and unit.occurred_on <= self._opening.until:
            return "in_opening"
        if unit.status not in counting.unit_status:
            return "status"
        if unit.mode not in counting.modes:
            return "mode"
        if unit.mode != "messaging" and (unit.minutes or 0) < counting.minimum_minutes:
            return "minimum_minutes"
        if not counting.exclude_tags.isdisjoint(unit.tags):
            return "tag"
        return None

    def _by_people(self, unit: Unit) -> str | None:
        if self.matching(unit):
            return None
        attended = self._attended(unit)
        if not attended:
            return "nobody_attended"
        in_role = self.in_role(unit)
        if not in_role:
            return "role"
        grouped = [one for one in in_role if all(not group.isdisjoint(one.target_groups) for group in self._groups)]
        return "not_primary_role" if grouped else "target_group"

    def in_role(self, unit: Unit) -> list[Presence]:
        """Who attended in a role that counts, of whatever target group."""
        return [one for one in self._attended(unit) if self._roles is None or one.role in self._roles]

    def _attended(self, unit: Unit) -> list[Presence]:
        statuses, nobody_came = self._counting.participant_status, unit.status in _NOBODY_CAME
        return [person for person in unit.people if nobody_came or person.status in statuses]

    def _candidates(self, unit: Unit) -> Sequence[Presence]:
        if self._counting.joint_sessions == "both" or not unit.people:
            return unit.people
        primary = unit.people[0].role
        return [person for person in unit.people if person.role == primary]


def _all_of(conditions: Iterable[frozenset[str] | None]) -> frozenset[str] | None:
    """Several "one of" conditions on the same single value are one: their intersection."""
    given = [condition for condition in conditions if condition is not None]
    return frozenset.intersection(*given) if given else None


@dataclass(frozen=True)
class Selection:
    """What one measure counts of the facts, and what it leaves out."""

    measure: Measure
    counting: Counting
    period: Period
    facts: Facts

    @cached_property
    def filter(self) -> Filter:
        return Filter(self.measure.filters, self.counting, self.period, self.measure.opening)

    @cached_property
    def counted(self) -> list[Counted]:
        about = (unit for alike in self.facts.alike if self.filter.is_about(alike[0]) for unit in alike)
        found = (self.filter.counted(unit, self.facts.identities) for unit in about)
        return [counted for counted in found if counted is not None]

    def left_out(self) -> list[tuple[Unit, str]]:
        reasons = ((unit, self.filter.reason_to_leave_out(unit)) for unit in self.facts.units)
        return [(unit, reason) for unit, reason in reasons if reason is not None]
