"""Who attended a group without belonging to it on that day. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from services.groups.groups.domain import Membership
from shared.serviceunit.codes import ROLES_BESIDE_MEMBERS
from shared.serviceunit.unit import ServiceUnit

ATTENDED = frozenset({"present", "late", "left_early"})


def beyond_membership(
    meetings: Iterable[ServiceUnit],
    memberships: Mapping[str, Sequence[Membership]],
    same_as: Callable[[str], str],
) -> Iterator[tuple[ServiceUnit, str]]:
    """Each meeting with somebody who attended as a member, and by what is known of the group now was none that day.

    `memberships` are those of each group. Walk-ins, and whoever helps or looks on, need not belong to it.
    """
    for meeting in meetings:
        on, own = meeting.occurred_on, memberships.get(meeting.group_id or "", ())
        members = {same_as(one.person_id) for one in own if one.holds_on(on)}
        for person in meeting.participants:
            must_belong = person.status in ATTENDED and not person.walk_in and person.role not in ROLES_BESIDE_MEMBERS
            if must_belong and same_as(person.person_id) not in members:
                yield meeting, person.person_id
