"""Output 1: 285 meetings of 23 groups with 1,849 attendances of 148 family members.

139 meetings have seven and 146 have six counted attendees, taken by a pointer that rolls over F0..F147; a group is a
stretch of that circle, so its members are mostly the same people, and those from its edges walk in.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from deploy.demo.days import AFTERNOONS, EVENINGS
from deploy.demo.kachi.cast import CONTRACT, DUPLICATED, END, GROUP_PEOPLE, START, Cast
from deploy.demo.staff import FAMILY_TEAM, FAMILY_WORKERS, account_id
from deploy.demo.steps import Body, Order, made_id
from deploy.demo.world import present

MEETINGS, GROUPS = "/groups/api/v1/meetings", "/groups/api/v1/groups"
SEVENS, SIXES = 139, 146
GROUP_COUNT = 23
TITLES = {
    "skills_learning": "知識技巧及學習小組",
    "mutual_aid": "家人互助小組",
    "body_mind_spirit": "身心靈體驗工作坊",
    "carer_self_care": "照顧者自我關懷小組",
    "positive_family": "正面家庭經驗活動",
}


@dataclass(frozen=True, slots=True)
class Group:
    """A group of the demo, with the days of its first and last meeting."""

    group_id: str
    activity: str
    worker: str
    first: date
    last: date
    members: tuple[int, ...]


def rolling() -> list[tuple[int, list[int]]]:
    """Every meeting as its group and its people, in the order of the rolling pointer."""
    count, pointer, meetings = SEVENS + SIXES, 0, []
    for nth in range(count):
        size = 6 + ((nth + 1) * SEVENS // count - nth * SEVENS // count)
        people = [(pointer + step) % GROUP_PEOPLE for step in range(size)]
        meetings.append((pointer % GROUP_PEOPLE * GROUP_COUNT // GROUP_PEOPLE, people))
        pointer += size
    return meetings


def add_groups(cast: Cast) -> list[Group]:
    """Add the groups with their members and every counted meeting."""
    meetings: dict[int, list[list[int]]] = {number: [] for number in range(GROUP_COUNT)}
    for number, people in rolling():
        meetings[number].append(people)
    return [_group(cast, number, attended) for number, attended in meetings.items()]


def _group(cast: Cast, number: int, attended: list[list[int]]) -> Group:
    activity = tuple(TITLES)[number % 5]
    start = START + timedelta(days=25 + 40 * number)
    often = Counter(person for people in attended for person in people)
    # A few of a circle's edge come now and then only: they walk in.
    members = tuple(sorted(person for person, times in often.items() if times > 2))
    days = _days(cast, start, len(attended), number)
    group = Group(
        made_id("group", f"kachi {number}"),
        activity,
        FAMILY_WORKERS[number % 4],
        days[0][0],
        days[-1][0],
        members,
    )
    add_group(cast, group, f"{TITLES[activity]}（第{number // 5 + 1}期）")
    for nth, (people, (day, begin)) in enumerate(zip(attended, days, strict=True)):
        _meeting(cast, group, nth, people, day, begin)
    return group


def _days(cast: Cast, start: date, count: int, number: int) -> list[tuple[date, str]]:
    starts = (EVENINGS, AFTERNOONS)[number % 2]
    days: list[tuple[date, str]] = []
    day = start
    for _ in range(count):
        days.append(cast.world.hour((FAMILY_WORKERS[number % 4],), day, 120, last=END, starts=starts))
        day = max(days[-1][0], day) + timedelta(days=7)
    return sorted(days)


def add_group(cast: Cast, group: Group, title: str, *, contract: str | None = CONTRACT) -> None:
    """Plan and open a group, and take its members in."""
    plan, opened = cast.world.plan, group.first - timedelta(days=3)
    body: Body = {
        "id": group.group_id,
        "title": title,
        "activity": group.activity,
        "closed": False,
        "contract_id": contract,
        "team_id": FAMILY_TEAM,
        "from_date": opened.isoformat(),
    }
    plan.add(opened, Order.FRAME, group.worker, GROUPS, body, resource=group.group_id)
    plan.add(
        opened,
        Order.FRAME,
        group.worker,
        f"{GROUPS}/{group.group_id}/open",
        {"on": opened.isoformat()},
        resource=group.group_id,
        based_on=True,
    )
    for index in group.members:
        member = {"person_id": cast.family[index].on(opened), "role": "family_member", "from_date": opened.isoformat()}
        plan.add(
            opened,
            Order.MEMBER,
            group.worker,
            f"{GROUPS}/{group.group_id}/members",
            member,
            resource=group.group_id,
            based_on=True,
        )


def end_groups(cast: Cast) -> None:
    """End every group with its last meeting, so that nobody is offered it years later; once all meetings are known."""
    plan, last = cast.world.plan, dict[str, date]()
    for step in plan.steps:
        if group_id := step.body.get("group_id"):
            day = date.fromisoformat(step.body["occurred_on"])
            last[group_id] = max(day, last.get(group_id, day))
    for made in [step for step in plan.steps if step.path == GROUPS and step.resource in last]:
        day = last[made.resource]
        typed, path = day + timedelta(days=3), f"{GROUPS}/{made.resource}/end"
        plan.add(typed, Order.END, made.who, path, {"on": day.isoformat()}, resource=made.resource, based_on=True)


def meeting_body(name: str, group: Group | None, day: date, start: str, *, minutes: int = 120) -> Body:
    """A meeting without its people."""
    body: Body = {
        "id": made_id("meeting", name),
        "kind": "group_meeting",
        "contract_id": CONTRACT,
        "team_id": FAMILY_TEAM,
        "occurred_on": day.isoformat(),
        "starts_at": start,
        "minutes": minutes,
    }
    return body | ({"group_id": group.group_id, "activity": group.activity} if group else {})


def _meeting(cast: Cast, group: Group, nth: int, people: list[int], day: date, begin: str) -> None:
    world = cast.world
    body = meeting_body(world.nth("meeting"), group, day, begin)
    body["mode"] = world.mode(day, group=True)
    body["setting"] = "online" if body["mode"] == "online" else "centre"
    body["participants"] = [_attendee(cast, group, index, day, nth) for index in people]
    body["participants"][-1]["status"] = ("present", "late", "present", "left_early")[nth % 4]
    body["participants"] += _not_counted(cast, group, people, day, nth)
    body["unidentified_count"] = 2 if nth == 7 else 0
    body["served_by"] = [account_id(group.worker), *([account_id("leader1")] if nth % 6 == 0 else [])]
    if nth % 5 == 2:
        body["helpers"] = ["何姑娘（實習）"]
    if nth % 4 == 3:
        body["note"] = "組員分享照顧自己的方法，氣氛投入。"
    if nth == 4:
        _plan_first(cast, group, body, day)
    else:
        world.enter(MEETINGS, body, "assistant" if nth % 7 == 5 else group.worker)


def _attendee(cast: Cast, group: Group, index: int, day: date, nth: int) -> Body:
    person = cast.family[index]
    if index == DUPLICATED and nth in (1, 2, 3):
        return present(cast.duplicate, day, walk_in=True)  # she gave another spelling at the door
    return present(person, day) | ({} if index in group.members else {"walk_in": True})


def _not_counted(cast: Cast, group: Group, people: list[int], day: date, nth: int) -> list[Body]:
    """Members who stayed away, and people who came without being the ones the group is for."""
    missing = [index for index in group.members if index not in people][:2]
    more = [
        present(cast.family[index], day, status=("absent", "excused")[(nth + place) % 2])
        for place, index in enumerate(missing)
    ]
    guests = [person for person in cast.world.people if person.role in ("companion", "child", "volunteer", "guest")]
    if guests and nth % 3 == 0:
        more.append(present(guests[nth // 3 % len(guests)], day))
    return more


def _plan_first(cast: Cast, group: Group, body: Body, day: date) -> None:
    """One meeting of each group stood in the plan before it was held."""
    world = cast.world
    planned = {name: body[name] for name in body if name not in ("participants", "unidentified_count", "note")}
    world.plan.add(
        day - timedelta(days=6),
        Order.PLAN,
        group.worker,
        f"{MEETINGS}/plan",
        planned | {"status": "planned"},
        resource=body["id"],
    )
    world.plan.add(
        world.typed(day),
        Order.ENTRY,
        group.worker,
        f"{MEETINGS}/{body['id']}/record",
        {name: value for name, value in body.items() if name != "id"},
        resource=body["id"],
        based_on=True,
    )
