"""Meetings and sector events that must not count."""

from collections.abc import Sequence
from datetime import date, timedelta

from deploy.demo.days import EVENINGS
from deploy.demo.kachi.cast import CONTRACT, Cast
from deploy.demo.kachi.groups import MEETINGS, Group, add_group, meeting_body
from deploy.demo.kachi.sector import practitioners, sector_body
from deploy.demo.staff import FAMILY_WORKERS, account_id
from deploy.demo.steps import Body, Order, made_id
from deploy.demo.world import present


def add_group_noise(cast: Cast, groups: list[Group]) -> None:
    """Add what looks like a meeting of output 1 and is none, or not this contract's."""
    _not_held(cast, groups)
    _hardly_meetings(cast, groups)
    _not_for_this_contract(cast)
    _outside_the_period(cast, groups)
    _other_people(cast, groups)
    _entered_wrongly(cast, groups)
    _corrected(cast)


def _body(cast: Cast, group: Group, day: date, count: int = 6, **more: object) -> Body:
    world = cast.world
    day, start = world.hour((group.worker,), day, 120, last=max(day, group.last), starts=EVENINGS)
    body = meeting_body(world.nth("other meeting"), group, day, start)
    body["mode"] = world.mode(day, group=True)
    body["participants"] = [present(cast.family[index], day) for index in group.members[:count]]
    body["served_by"] = [account_id(group.worker)]
    return body | more


def _enter(cast: Cast, group: Group, body: Body) -> date:
    return cast.world.enter(MEETINGS, body, group.worker)


def _not_held(cast: Cast, groups: Sequence[Group]) -> None:
    for nth, group in enumerate(groups[1:13:2]):
        body = _body(cast, group, group.first + timedelta(days=17), status="cancelled")
        if nth % 2:
            body["participants"] = []
        _enter(cast, group, body)
    for group in groups[2:8:3]:
        body = _body(cast, group, group.first + timedelta(days=24))
        for participant in body["participants"]:
            participant["status"] = "absent"
        _enter(cast, group, body)
    for group in groups[3:15:4]:
        body = _body(cast, group, group.first + timedelta(days=31), status="planned")
        cast.world.plan.add(
            group.first + timedelta(days=3),
            Order.PLAN,
            group.worker,
            f"{MEETINGS}/plan",
            {name: value for name, value in body.items() if name != "participants"},
            resource=body["id"],
        )


def _hardly_meetings(cast: Cast, groups: Sequence[Group]) -> None:
    for group in groups[16:19]:
        _enter(cast, group, _body(cast, group, group.first + timedelta(days=19), minutes=10, mode="online"))
        body = _body(cast, group, group.first + timedelta(days=26), minutes=40, mode="messaging", setting="other")
        _enter(cast, group, body)


def _not_for_this_contract(cast: Cast) -> None:
    """Groups of regular service and of the neighbour contract, and an outing that is none of the five kinds."""
    cases = (
        ("regular", "mutual_aid", None, date(2019, 2, 20)),
        ("bridge", "positive_family", "family-bridge", date(2019, 9, 4)),
        ("outing", "recreation", CONTRACT, date(2019, 6, 5)),
    )
    for number, (name, activity, contract, first) in enumerate(cases):
        members = tuple(range(20 * number, 20 * number + 6))
        group = Group(
            made_id("group", f"kachi {name}"),
            activity,
            FAMILY_WORKERS[number],
            first,
            first + timedelta(days=60),
            members,
        )
        title = {"regular": "恆常家人互助小組", "bridge": "親子橋同樂日", "outing": "家庭旅行"}[name]
        add_group(cast, group, title, contract=contract)
        for time in range(3):
            body = _body(cast, group, first + timedelta(days=14 * time), contract_id=contract)
            _enter(cast, group, body)


def _outside_the_period(cast: Cast, groups: Sequence[Group]) -> None:
    early = Group(
        made_id("group", "kachi early"), "mutual_aid", "worker1", date(2018, 5, 16), date(2018, 5, 30), (0, 1, 2, 3)
    )
    add_group(cast, early, "家人互助小組（籌備）")
    for day in (date(2018, 5, 16), date(2018, 5, 23)):
        _enter(cast, early, _body(cast, early, day, mode="in_person"))
    for group in groups[-2:]:
        _enter(cast, group, _body(cast, group, date(2021, 6, 2), mode="online"))


def _other_people(cast: Cast, groups: Sequence[Group]) -> None:
    """Meetings where only people came who are not the group's: users of drugs, volunteers, colleagues of the sector."""
    for nth, group in enumerate(groups[4:10:2]):
        body = _body(cast, group, max(group.first, date(2019, 8, 6)) + timedelta(days=20), 0)
        day = date.fromisoformat(body["occurred_on"])
        users = (cast.drug[nth], cast.drug[nth + 3])
        body["participants"] = [
            present(user, day, walk_in=True, target_groups=list(user.target_groups)) for user in users
        ]
        body["participants"] += practitioners([86 + nth])
        _enter(cast, group, body)
    volunteers = [person for person in cast.world.people if person.role == "volunteer"]
    for activity, minutes in (("training", 400), ("supervision", 120), ("sharing", 120)):
        body = sector_body(cast, activity, date(2019, 4, 9), minutes, "14:00" if minutes < 200 else "09:00")
        body["participants"] = [present(person, date.fromisoformat(body["occurred_on"])) for person in volunteers]
        cast.world.enter(MEETINGS, body, "leader1")
    _sector(cast)


def _sector(cast: Cast) -> None:
    """Events for the sector that were cancelled, short, after the end, elsewhere, or missed."""
    entries: tuple[tuple[str, date, int, Body], ...] = (
        ("training", date(2019, 3, 5), 360, {"status": "cancelled", "participants": practitioners([86, 87])}),
        ("training", date(2019, 4, 2), 90, {"participants": practitioners([0, 1, 2])}),
        ("training", date(2021, 6, 8), 360, {"participants": practitioners([88, 89])}),
        ("training", date(2019, 7, 2), 390, {"participants": practitioners([88]), "contract_id": None}),
        ("supervision", date(2019, 4, 24), 120, {"participants": practitioners([1, 2]), "contract_id": None}),
        ("supervision", date(2020, 4, 21), 120, {"participants": practitioners([3, 4], absent=frozenset({3, 4}))}),
        ("supervision", date(2020, 5, 26), 30, {"participants": practitioners([16]), "mode": "messaging"}),
        ("sharing", date(2019, 12, 3), 10, {"participants": practitioners([90])}),
        ("sharing", date(2020, 9, 8), 120, {"participants": practitioners([91], absent=frozenset({91}))}),
    )
    for activity, day, minutes, more in entries:
        body = sector_body(cast, activity, day, minutes, "10:00") | more
        cast.world.enter(MEETINGS, body, "leader1")


def _entered_wrongly(cast: Cast, groups: Sequence[Group]) -> None:
    world = cast.world
    for nth, group in enumerate(groups[5:13:2]):
        body = _body(cast, group, group.first + timedelta(days=38))
        typed = _enter(cast, group, body)
        world.void(MEETINGS, body["id"], "leader1", world.later(typed), ("duplicate", "did_not_happen")[nth % 2])


def _corrected(cast: Cast) -> None:
    """Eight meetings were first typed with one attendee more than came; the recipe stands in the corrections."""
    world = cast.world
    meetings = [step for step in world.plan.steps if step.path == MEETINGS and step.body.get("group_id")]
    counted = [
        step for step in meetings if step.body.get("contract_id") == CONTRACT and len(step.body["participants"]) > 6
    ]
    for step in counted[12:200:25]:
        spare = next((p for p in step.body["participants"] if p.get("status") in ("absent", "excused")), None)
        if spare is None:
            continue
        right = dict(step.body)
        wrong = [p if p is not spare else {**p, "status": "present"} for p in right["participants"]]
        step.body["participants"] = wrong
        world.correct(MEETINGS, right, "leader1", world.later(step.day), "attendance_wrong", "點名紙重看")
