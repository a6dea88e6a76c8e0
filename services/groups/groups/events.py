"""The facts in the life of a group or activity."""

from datetime import date

from shared.events import event


@event("GroupPlanned")
class GroupPlanned:
    """A team means to run this group. The title is public text and never names a person.

    A closed group takes members and walk-ins up to `intake_until`, or, when that is absent, up to the day it opens.
    """

    group_id: str
    title: str
    activity: str
    closed: bool
    team_id: str
    from_date: date
    to_date: date | None = None
    contract_id: str | None = None
    intake_until: date | None = None


@event("GroupChanged")
class GroupChanged:
    """The full description of the group as it is now; its team and its phase stay."""

    group_id: str
    title: str
    activity: str
    closed: bool
    from_date: date
    to_date: date | None = None
    contract_id: str | None = None
    intake_until: date | None = None


@event("GroupOpened")
class GroupOpened:
    """The group meets from this day on."""

    group_id: str
    on: date


@event("GroupEnded")
class GroupEnded:
    """`on` is the last day of the group."""

    group_id: str
    on: date


@event("MemberJoined")
class MemberJoined:
    """A person belongs to the group from this day on; somebody who comes back joins anew."""

    group_id: str
    person_id: str
    role: str
    from_date: date


@event("MemberLeft")
class MemberLeft:
    """The membership ends with this day, which still belongs to it."""

    group_id: str
    person_id: str
    to_date: date


GroupEvent = GroupPlanned | GroupChanged | GroupOpened | GroupEnded | MemberJoined | MemberLeft
EVENTS: tuple[type, ...] = (GroupPlanned, GroupChanged, GroupOpened, GroupEnded, MemberJoined, MemberLeft)
