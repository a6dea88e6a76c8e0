"""Output 5: three days of training for 18, 69.5 hours of supervision for 15, two sharing events with 40 each."""

from datetime import date, timedelta

from deploy.demo.kachi.cast import CONTRACT, START, Cast
from deploy.demo.kachi.groups import MEETINGS
from deploy.demo.names import Names
from deploy.demo.staff import FAMILY_TEAM, account_id
from deploy.demo.steps import Body, Order, made_id

TRAINED, SUPERVISED, SUPERVISIONS = 18, 15, 35
SHARING = (range(6, 46), range(46, 86))  # twelve of the trained come to share; the two events are disjoint
PRACTITIONERS = 92
ORGANISATIONS = ("明愛樂協會（示範）", "西九醫院社康部", "青年外展隊（示範）", "同心戒毒輔導會", "晨光中學")
POSTS = ("社工", "護士", "輔導員", "Social worker", "教師")


def practitioner_id(number: int) -> str:
    return made_id("practitioner", f"kachi {number}")


def add_practitioners(cast: Cast) -> None:
    """Register the people of the sector; they are kept apart from service users."""
    names = Names("sector")
    for number in range(PRACTITIONERS):
        body: Body = {
            "id": practitioner_id(number),
            "name": names.take(women=0.6).zh,
            "organisation": ORGANISATIONS[number % 5],
            "post": POSTS[number % 5],
        }
        day = START + timedelta(days=40) if number < 18 or number > 85 else date(2019, 10, 3 + number % 8)
        cast.world.plan.add(day, Order.FRAME, "leader1", "/groups/api/v1/practitioners", body, resource=body["id"])


def sector_body(cast: Cast, activity: str, day: date, minutes: int, start: str = "09:00") -> Body:
    """An event for the sector without its people."""
    day, start = cast.world.hour(("leader1",), day, minutes, starts=(start,))
    mode = cast.world.mode(day, group=True)
    return {
        "id": made_id("meeting", cast.world.nth("sector")),
        "kind": "sector_event",
        "contract_id": CONTRACT,
        "team_id": FAMILY_TEAM,
        "activity": activity,
        "occurred_on": day.isoformat(),
        "starts_at": start,
        "minutes": minutes,
        "mode": mode,
        "setting": "online" if mode == "online" else "centre",
        "served_by": [account_id("leader1")],
    }


def practitioners(numbers: range | list[int], *, absent: frozenset[int] = frozenset()) -> list[Body]:
    return [
        {
            "person_id": practitioner_id(number),
            "role": "practitioner",
            "status": "absent" if number in absent else "present",
        }
        for number in numbers
    ]


def add_sector(cast: Cast) -> None:
    """Add every counted event for the sector."""
    world = cast.world
    for nth, minutes in enumerate((390, 360, 420)):
        body = sector_body(cast, "training", date(2018, 10, 10) + timedelta(days=7 * nth), minutes)
        body["participants"] = practitioners(range(TRAINED))
        world.enter(MEETINGS, body, "leader1")
    for nth in range(SUPERVISIONS):
        minutes = 90 if nth == SUPERVISIONS - 1 else 120
        body = sector_body(cast, "supervision", date(2018, 11, 6) + timedelta(days=24 * nth), minutes, "14:30")
        group = [nth * 5 % SUPERVISED + step for step in range(5)]
        body["participants"] = practitioners(group, absent=frozenset({group[4]} if nth % 4 == 3 else ()))
        world.enter(MEETINGS, body, "leader1")
    for nth, people in enumerate(SHARING):
        body = sector_body(cast, "sharing", date(2019, 11, 20) + timedelta(days=380 * nth), 180, "14:00")
        body["participants"] = practitioners(people)
        body["unidentified_count"] = 6
        world.enter(MEETINGS, body, "leader1")
