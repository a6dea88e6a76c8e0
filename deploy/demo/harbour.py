"""The second agency: its own team, contract and people, which the first one never sees."""

from datetime import date, timedelta

from deploy.demo.documents import document
from deploy.demo.running import period
from deploy.demo.staff import HARBOUR_TEAM
from deploy.demo.steps import Body, Order, Plan, made_id
from deploy.demo.world import Case, Person, World, present

CONTRACT, WORKER = "harbour", "harbour-worker"


def tell(plan: Plan, today: date) -> None:
    """Add a small project of another agency."""
    start, end = period(today)
    world = World(
        plan=plan,
        seed=CONTRACT,
        contract=CONTRACT,
        start=start,
        end=today - timedelta(days=2),
        latest=today - timedelta(days=1),
    )
    plan.add(
        start - timedelta(days=10),
        Order.CONTRACT,
        "harbour-admin",
        "/reporting/api/v1/contracts",
        {"document": document(CONTRACT, start=start, end=end)},
        resource=f"contract:{CONTRACT}",
        known_elsewhere=True,
    )
    people = [world.person(f"H{n}", "family_member", HARBOUR_TEAM, WORKER) for n in range(6)]
    for number, person in enumerate(people[:4]):
        _case(world, person, number)
    for number in range(4):
        _meeting(world, people, world.start + timedelta(days=40 + 21 * number))
    world.register_people()


def _case(world: World, person: Person, number: int) -> None:
    opened = world.start + timedelta(days=8 + 30 * number)
    case = Case(
        made_id("case", f"harbour {number}"), f"HB-{number + 1}", WORKER, opened, [(person, "mother")], CONTRACT
    )
    world.open_case(case)
    for time in range(4):
        day, begin = world.hour((WORKER,), opened + timedelta(days=6 + 21 * time), 60)
        body: Body = {
            "id": made_id("session", world.nth("session")),
            "kind": "case_session",
            "case_id": case.case_id,
            "contract_id": CONTRACT,
            "occurred_on": day.isoformat(),
            "starts_at": begin,
            "minutes": 60,
            "activity": "follow_up",
            "participants": [present(person, day)],
        }
        world.enter("/case/api/v1/sessions", body, WORKER)


def _meeting(world: World, people: list[Person], day: date) -> None:
    day, begin = world.hour((WORKER,), day, 90)
    body: Body = {
        "id": made_id("meeting", world.nth("meeting")),
        "kind": "group_meeting",
        "contract_id": CONTRACT,
        "team_id": HARBOUR_TEAM,
        "activity": "mutual_aid",
        "occurred_on": day.isoformat(),
        "starts_at": begin,
        "minutes": 90,
        "participants": [present(person, day, walk_in=True) for person in people],
    }
    world.enter("/groups/api/v1/meetings", body, WORKER)
