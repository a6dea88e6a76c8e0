"""What a meeting meets on its day: its group, the people in it, the contracts, the other meetings."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from services.groups.groups.domain import GroupOnDay
from services.groups.groups.queries import group_on
from services.groups.meetings.domain import Notice, OtherMeeting, notices
from services.groups.meetings.queries import others_on
from services.groups.people.domain import PersonOnDay
from services.groups.people.queries import people_on
from services.groups.practitioners.queries import practitioners_among
from shared.errors import Invalid
from shared.serviceunit.learnt.queries import contract_periods, merges
from shared.serviceunit.unit import ServiceUnit


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Everything the rules ask about, read in one transaction; `group_version` says as of when the group was read."""

    group: GroupOnDay | None
    group_version: int
    people: dict[str, PersonOnDay]
    periods: dict[str, tuple[date, date]]
    others: list[OtherMeeting]

    def notices(self, unit: ServiceUnit) -> list[Notice]:
        """What is worth a second look about the meeting."""
        return notices(unit, self.group, self.people, self.periods, self.others)


def surroundings(
    connection: Connection,
    agency_id: str,
    group_id: str | None,
    day: date,
    person_ids: Collection[str],
    contract_ids: Collection[str],
) -> Surroundings:
    """Look around; raises for a group the agency does not have."""
    edges = merges(connection, agency_id)
    group, version = None, 0
    if group_id is not None:
        found = group_on(connection, agency_id, group_id, day, edges)
        if found is None:
            raise Invalid("group_unknown", "There is no such group.", field="group_id")
        group, version = found
    named = {*contract_ids, *([group.contract_id] if group is not None and group.contract_id else [])}
    people = people_on(connection, agency_id, person_ids, day, edges)
    return Surroundings(
        group=group,
        group_version=version,
        people=people | practitioners_among(connection, agency_id, person_ids),
        periods=contract_periods(connection, agency_id, named),
        others=others_on(connection, agency_id, day),
    )


def surroundings_of(connection: Connection, agency_id: str, unit: ServiceUnit) -> Surroundings:
    """Look around a meeting that stands."""
    people = [person.person_id for person in unit.participants]
    contracts = [segment.contract_id for segment in unit.segments]
    return surroundings(connection, agency_id, unit.group_id, unit.occurred_on, people, contracts)
