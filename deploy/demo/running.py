"""示範計劃（進行中）: a contract in its second year, dated relative to today, a little behind its pace in casework."""

from datetime import date, timedelta

from deploy.demo.days import EVENINGS
from deploy.demo.documents import document
from deploy.demo.kachi.outcomes import nine_answers
from deploy.demo.staff import FAMILY_TEAM, FAMILY_WORKERS, OUTREACH_TEAM, OUTREACH_WORKERS, account_id
from deploy.demo.steps import Body, Order, Plan, made_id
from deploy.demo.world import Case, Person, World, present

CONTRACT = "running"
FAMILIES, USERS, GROUPS, TRIPS = 16, 9, 3, 14
KINDS = ("mutual_aid", "carer_self_care", "skills_learning")
TITLES = ("同路人家長小組", "照顧者喘息小組", "溝通技巧小組")


def period(today: date) -> tuple[date, date]:
    """It began fourteen months ago, on the first of a month, and runs for three years."""
    months = today.year * 12 + today.month - 1 - 14
    start = date(months // 12, months % 12 + 1, 1)
    return start, start.replace(year=start.year + 3) - timedelta(days=1)


def tell(plan: Plan, today: date) -> None:
    """Add the running contract up to yesterday."""
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
        start - timedelta(days=20),
        Order.CONTRACT,
        "admin",
        "/reporting/api/v1/contracts",
        {"document": document(CONTRACT, start=start, end=end)},
        resource=f"contract:{CONTRACT}",
        known_elsewhere=True,
    )
    families = [world.person(f"R{n}", "family_member", FAMILY_TEAM, FAMILY_WORKERS[n % 4]) for n in range(FAMILIES)]
    users = [
        world.person(
            f"U{n}",
            "drug_user",
            OUTREACH_TEAM,
            OUTREACH_WORKERS[n % 3],
            target_groups=("hidden",),
            alias_only=n % 2 == 0,
        )
        for n in range(USERS)
    ]
    cases = _casework(world, families)
    _groups(world, families)
    _trips(world, users)
    _ahead(world, today, cases, users)
    world.register_people()


def _casework(world: World, families: list[Person]) -> list[Case]:
    """The casework so far; returns the cases that are still open."""
    running = []
    for n, person in enumerate(families[:12]):
        opened = world.start + timedelta(days=6 + 29 * n)
        case = Case(
            made_id("case", f"running {n}"),
            f"RF-{n + 1:03d}",
            person.worker,
            opened,
            [(person, "mother")],
            CONTRACT,
        )
        world.open_case(case)
        _assessed(world, person, opened, n)
        for time in range(40):
            day = opened + timedelta(days=5 + 26 * time)
            if day > world.end:
                running.append(case)
                break
            _session(world, case, person, day, time)
            if n in (4, 5) and time == 9:
                world.move_case(case, "close", day + timedelta(days=7), reason="goals_met")
                break
    return running


def _session(world: World, case: Case, person: Person, day: date, time: int) -> None:
    day, start = world.hour((case.worker,), day, 60)
    body: Body = {
        "id": made_id("session", world.nth("session")),
        "kind": "case_session",
        "case_id": case.case_id,
        "contract_id": CONTRACT,
        "occurred_on": day.isoformat(),
        "starts_at": start,
        "minutes": 60,
        "mode": ("in_person", "in_person", "phone", "online")[time % 4],
        "setting": ("centre", "centre", "other", "online")[time % 4],
        "activity": "follow_up",
        "participants": [present(person, day)],
    }
    if time % 9 == 4:
        body["status"], body["participants"][0]["status"] = "no_show", "absent"
    if time % 6 == 2:
        body["note"] = "近況穩定，繼續跟進。"
    if day + timedelta(days=24) > world.end:
        body["follow_up"] = {"on": (day + timedelta(days=9)).isoformat(), "reason": "call"}
    if day > world.end - timedelta(days=3):
        body["child_safety_concern"] = True  # Some family is always this near the end: its task waits.
    world.enter("/case/api/v1/sessions", body, case.worker)


def _assessed(world: World, person: Person, opened: date, n: int) -> None:
    for phase, day, total in (
        ("pre", opened + timedelta(days=5), 9 + n),
        ("post", opened + timedelta(days=170), 5 + n),
    ):
        if day > world.end:
            continue
        body: Body = {
            "id": made_id("assessment", world.nth("assessment")),
            "person_id": person.on(day),
            "instrument": "phq9",
            "instrument_version": "zh-HK-1",
            "language": "zh-Hant",
            "phase": phase,
            "assessed_on": day.isoformat(),
            "contract_id": CONTRACT,
            "answers": nine_answers(total),
        }
        world.plan.add(
            world.typed(day), Order.ENTRY, person.worker, "/case/api/v1/assessments", body, resource=body["id"]
        )


def _groups(world: World, families: list[Person]) -> None:
    for number in range(GROUPS):
        group_id, worker = made_id("group", f"running {number}"), FAMILY_WORKERS[number]
        opened = world.start + timedelta(days=20 + 120 * number)
        members = families[number * 4 : number * 4 + 8]
        _open_group(world, group_id, worker, number, opened, members)
        for time in range(12):
            day = opened + timedelta(days=3 + 9 * time)
            if day > world.end:
                break
            _meeting(world, group_id, worker, number, members, day, time)


def _open_group(world: World, group_id: str, worker: str, number: int, opened: date, members: list[Person]) -> None:
    plan, path, on = world.plan, "/groups/api/v1/groups", opened.isoformat()
    body: Body = {
        "id": group_id,
        "title": TITLES[number],
        "activity": KINDS[number],
        "closed": False,
        "contract_id": CONTRACT,
        "team_id": FAMILY_TEAM,
        "from_date": on,
    }
    plan.add(opened, Order.FRAME, worker, path, body, resource=group_id)
    plan.add(opened, Order.FRAME, worker, f"{path}/{group_id}/open", {"on": on}, resource=group_id, based_on=True)
    for person in members:
        member: Body = {"person_id": person.on(opened), "role": "family_member", "from_date": on}
        plan.add(opened, Order.MEMBER, worker, f"{path}/{group_id}/members", member, resource=group_id, based_on=True)


def _meeting(
    world: World, group_id: str, worker: str, number: int, members: list[Person], day: date, time: int
) -> None:
    day, start = world.hour((worker,), day, 90, starts=EVENINGS)
    came = [person for nth, person in enumerate(members) if (nth + time) % 5]
    body: Body = {
        "id": made_id("meeting", world.nth("meeting")),
        "kind": "group_meeting",
        "group_id": group_id,
        "activity": KINDS[number],
        "contract_id": CONTRACT,
        "team_id": FAMILY_TEAM,
        "occurred_on": day.isoformat(),
        "starts_at": start,
        "minutes": 90,
        "mode": ("in_person", "hybrid")[time % 4 == 3],
        "served_by": [account_id(worker)],
        "participants": [present(person, day, status="present" if person in came else "absent") for person in members],
    }
    world.enter("/groups/api/v1/meetings", body, worker)


def _trips(world: World, users: list[Person]) -> None:
    place: Body = {"id": made_id("place", "running"), "name": "欽州街天橋一帶", "district": "sham_shui_po"}
    world.plan.add(world.start, Order.FRAME, "leader2", "/outreach/api/v1/places", place, resource=place["id"])
    for number in range(TRIPS):
        day = world.start + timedelta(days=12 + 29 * number)
        if day > world.end:
            break
        worker = OUTREACH_WORKERS[number % 3]
        day, start = world.hour((worker,), day, 150, starts=("20:00", "19:30"))
        met = [users[(number + step) % USERS] for step in range(2 + number % 3)]
        body: Body = {
            "id": made_id("visit", world.nth("visit")),
            "contract_id": CONTRACT,
            "team_id": OUTREACH_TEAM,
            "occurred_on": day.isoformat(),
            "starts_at": start,
            "minutes": 150,
            "mode": "in_person",
            "setting": "outreach",
            "activity": "contact",
            "place_id": place["id"],
            "served_by": [account_id(worker)],
            "participants": [present(person, day, target_groups=["hidden"]) for person in met],
        }
        world.enter("/outreach/api/v1/visits", body, worker)


def _ahead(world: World, today: date, cases: list[Case], users: list[Person]) -> None:
    """What is planned around today, so that everybody's day shows something; some of it should be over already."""
    for n, case in enumerate(cases):
        day = today + timedelta(days=1 + n) if n % 4 else today - timedelta(days=3)
        body = _planned("session", world, day, ("10:00", "14:30", "16:00")[n % 3], 60)
        person = case.members[0][0]
        body |= {"kind": "case_session", "case_id": case.case_id, "participants": [present(person, day)]}
        _plan(world, "/case/api/v1/sessions/plan", body, case.worker)
    for number in range(GROUPS):
        body = _planned("meeting", world, today + timedelta(days=2 + number), "19:30", 90)
        body |= {"kind": "group_meeting", "group_id": made_id("group", f"running {number}")}
        _plan(world, "/groups/api/v1/meetings/plan", body, FAMILY_WORKERS[number])
    for n, worker in enumerate(OUTREACH_WORKERS):
        day = today + timedelta(days=1 + n)
        body = _planned("visit", world, day, "20:00", 150)
        body |= {"setting": "outreach", "participants": [present(users[n], day)]}
        _plan(world, "/outreach/api/v1/visits/plan", body, worker)


def _planned(prefix: str, world: World, day: date, start: str, minutes: int) -> Body:
    planned = made_id(prefix, world.nth(f"planned {prefix}"))
    return {
        "id": planned,
        "contract_id": CONTRACT,
        "occurred_on": day.isoformat(),
        "starts_at": start,
        "minutes": minutes,
    }


def _plan(world: World, path: str, body: Body, worker: str) -> None:
    body["served_by"] = [account_id(worker)]
    world.plan.add(world.latest, Order.PLAN, worker, path, body, resource=body["id"])
