"""The read tables of groups and their members."""

from sqlalchemy import Connection, bindparam, insert, update

from services.groups.groups.events import GroupChanged, GroupEnded, GroupOpened, GroupPlanned, MemberJoined, MemberLeft
from services.groups.tables import activity_group, group_member
from shared.eventstore import Pending

_CHANGE = update(activity_group).where(activity_group.c.group_id == bindparam("of"))
_JOIN = insert(group_member)


def project(connection: Connection, pending: Pending) -> None:
    """Write what this event changes; events of other aggregates are passed over."""
    match pending.event:
        case GroupPlanned():
            _planned(connection, pending, pending.event)
        case GroupChanged(group_id=group_id) as changed:
            names = ("title", "activity", "closed", "from_date", "to_date", "contract_id", "intake_until")
            _change(connection, group_id, pending, **{name: getattr(changed, name) for name in names})
        case GroupOpened(group_id=group_id, on=day):
            _change(connection, group_id, pending, phase="open", opened_on=day)
        case GroupEnded(group_id=group_id, on=day):
            _change(connection, group_id, pending, phase="ended", ended_on=day)
        case MemberJoined(group_id=group_id) as joined:
            row = {"person_id": joined.person_id, "role": joined.role, "from_date": joined.from_date}
            connection.execute(_JOIN, {"group_id": group_id, **row, "to_date": None})
            _change(connection, group_id, pending)
        case MemberLeft(group_id=group_id) as left:
            theirs = (group_member.c.group_id == group_id, group_member.c.person_id == left.person_id)
            running = update(group_member).where(*theirs, group_member.c.to_date.is_(None))
            connection.execute(running.values(to_date=left.to_date))
            _change(connection, group_id, pending)


def _planned(connection: Connection, pending: Pending, planned: GroupPlanned) -> None:
    row = {
        "group_id": planned.group_id,
        "agency_id": pending.agency_id,
        "team_id": planned.team_id,
        "title": planned.title,
        "activity": planned.activity,
        "closed": planned.closed,
        "contract_id": planned.contract_id,
        "from_date": planned.from_date,
        "to_date": planned.to_date,
        "intake_until": planned.intake_until,
        "phase": "planned",
        "opened_on": None,
        "ended_on": None,
        "version": pending.version,
    }
    connection.execute(insert(activity_group), row)


def _change(connection: Connection, group_id: str, pending: Pending, **values: object) -> None:
    connection.execute(_CHANGE, {"of": group_id, "version": pending.version, **values})
