"""What a meeting meets on its day: its group, the people in it, the contracts, the other meetings."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from services.groups.groups.domain import GroupOnDay
from services.groups.groups.queries import group_on
from services.groups.meetings.domain import OtherMeeting, notices
from services.groups.meetings.queries import others_on
from services.groups.people.domain import PersonOnDay
from services.groups.people.queries import people_on
from services.groups.practitioners.queries import practitioners_among
from shared.errors import Invalid
from shared.serviceunit.learnt.queries import cases_of, contract_periods, merges
from shared.serviceunit.notices import Notice, somebody_helps
from shared.serviceunit.unit import ServiceUnit


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Everything the rules ask about, read in one transaction; `group_version` says as of when the group was read."""

    group: GroupOnDay | None
    group_version: int
    people: dict[str, PersonOnDay]
    periods: dict[str, tuple[date, date]]
    others: list[OtherMeeting]
    cases: dict[str, set[str]]

    def notices(self, unit: ServiceUnit) -> list[Notice]:
        """What is worth a second look about the meeting."""
        return notices(unit, self.group, self.people, self.periods, self.others, self.cases)


def surroundings(
    connection: Connection,
    agency_id: str,
    group_id: str | None,
    day: date,
    roles: Mapping[str, str],
    contract_ids: Collection[str],
) -> Surroundings:
    """Look around; `roles` are those of the people in the meeting. Raises for a group the agency does not have."""
    edges = merges(connection, agency_id)
    group, version = None, 0
    if group_id is not None:
        found = group_on(connection, agency_id, group_id, day, edges)
        if found is None:
            raise Invalid("group_unknown", "There is no such group.", field="group_id")
        group, version = found
    named = {*contract_ids, *([group.contract_id] if group is not None and group.contract_id else [])}
    people = people_on(connection, agency_id, list(roles), day, edges)
    remained = {one.same_as for one in people.values()} if somebody_helps(roles.values()) else set()
    return Surroundings(
        group=group,
        group_version=version,
        people=people | practitioners_among(connection, agency_id, list(roles)),
        periods=contract_periods(connection, agency_id, named),
        others=others_on(connection, agency_id, day),
        cases=cases_of(connection, agency_id, remained, edges),
    )


def surroundings_of(connection: Connection, agency_id: str, unit: ServiceUnit) -> Surroundings:
    """Look around a meeting that stands."""
    roles = {person.person_id: person.role for person in unit.participants}
    contracts = [segment.contract_id for segment in unit.segments]
    return surroundings(connection, agency_id, unit.group_id, unit.occurred_on, roles, contracts)
