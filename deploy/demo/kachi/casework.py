"""Output 2 and most of output 3 inside casework: 1,481 sessions with 148 family members, 33 of them joint."""

from datetime import date, timedelta

from deploy.demo.kachi.cast import CONTRACT, DUPLICATED, END, FIRST_LINKED_CASE, LINKED, PAIRS, Cast
from deploy.demo.staff import FAMILY_TEAM, OUTREACH_TEAM, account_id
from deploy.demo.steps import Body, made_id
from deploy.demo.world import Case, Person, present

SESSIONS, VISITS = "/case/api/v1/sessions", "/outreach/api/v1/visits"
JOINT_SESSIONS = 33  # the next twelve of the linked are met together with their family at home
HOME_VISITS_TO_FAMILIES = 48
NOTES = (
    "談及與兒子相處的困難，嘗試練習表達關心。",
    "情緒較穩定，睡眠仍差。",
    "討論家中界線，約定下次面談。",
    "Talked about setting limits at home.",
)


def add_casework(cast: Cast) -> None:
    """Add every counted session of output 2."""
    for number, case in enumerate(cast.family_cases):
        people = [person for person, _ in case.members if person.role == "family_member"]
        sessions = 20 if number < PAIRS else 10
        step = (32 if number < PAIRS else 24) - number % 5
        for nth in range(sessions + (number == 0)):
            day = case.opened + timedelta(days=4 + step * nth)
            _session(cast, case, number, nth, min(day, END - timedelta(days=4)), _who(people, nth))
    _duplicate_sessions(cast)


def _who(people: list[Person], nth: int) -> list[Person]:
    if len(people) == 1 or nth % 20 < 10:
        return people
    return [people[0] if nth % 20 < 15 else people[1]]


def _session(cast: Cast, case: Case, number: int, nth: int, day: date, people: list[Person]) -> None:
    linked = number - FIRST_LINKED_CASE
    if number == FIRST_LINKED_CASE + _duplicated_linked() and nth in (3, 4):
        return  # entered under the second registration of the same woman
    if 0 <= linked < LINKED and nth == 2:
        (joint_session if linked < JOINT_SESSIONS else joint_home_visit)(cast, case, linked, day, people)
    elif nth == 5 and number % 2 == 0 and number < 2 * HOME_VISITS_TO_FAMILIES:
        home_visit(cast, case, day, [present(person, day) for person in people])
    else:
        _plain_session(cast, case, nth, day, people)


def _duplicated_linked() -> int:
    return DUPLICATED - 40 - PAIRS - FIRST_LINKED_CASE


def _plain_session(cast: Cast, case: Case, nth: int, day: date, people: list[Person]) -> None:
    world = cast.world
    minutes = world.rng.choice((45, 50, 60, 60, 75, 90))
    helped = world.rng.random() < 0.04
    workers = (case.worker, "leader1") if helped else (case.worker,)
    day, start = world.hour(workers, day, minutes, last=END)
    body = session_body(world.nth("session"), case, day, start, minutes, world.mode(day))
    body["participants"] = [present(person, day) for person in people]
    if world.rng.random() < 0.05:
        body["participants"][0]["status"] = world.rng.choice(("late", "left_early"))
    if helped:
        body["served_by"] = [account_id(worker) for worker in workers]
    if nth % 5 == 1:
        body["note"] = world.rng.choice(NOTES)
    if world.rng.random() < 0.03:
        body["setting"] = "home_visit" if body["mode"] == "in_person" else body["setting"]
    if nth == 6 and world.rng.random() < 0.1:
        _split(body, minutes)
    case.used(world.enter(SESSIONS, body, _typist(cast, case)))


def _split(body: Body, minutes: int) -> None:
    del body["contract_id"]
    body["split_approval"] = "HQ/2019/17"
    body["segments"] = [
        {"contract_id": CONTRACT, "minutes": minutes - 20},
        {"contract_id": "family-bridge", "minutes": 20},
    ]


def _typist(cast: Cast, case: Case) -> str:
    return "assistant" if cast.world.rng.random() < 0.06 else case.worker


def session_body(name: str, case: Case | None, day: date, start: str, minutes: int, mode: str) -> Body:
    """A casework session without its people."""
    body: Body = {
        "id": made_id("session", name),
        "kind": "case_session",
        "contract_id": CONTRACT,
        "occurred_on": day.isoformat(),
        "starts_at": start,
        "minutes": minutes,
        "mode": mode,
        "setting": "centre" if mode in ("in_person", "hybrid") else "online" if mode == "online" else "other",
        "activity": "follow_up",
    }
    return body | ({"case_id": case.case_id} if case else {})


def joint_session(cast: Cast, case: Case, linked: int, day: date, people: list[Person]) -> None:
    """A session of the family with the one who uses drugs: it counts for both."""
    world, user = cast.world, cast.drug[linked]
    day = max(day, cast.trips[cast.trip_of[linked]] + timedelta(days=6))
    day, start = world.hour((case.worker, user.worker), day, 60)
    body = session_body(world.nth("session"), case, day, start, 60, world.mode(day))
    body["participants"] = [*(present(person, day) for person in people), present(user, day)]
    body["served_by"] = [account_id(case.worker), account_id(user.worker)]
    case.used(world.enter(SESSIONS, body, case.worker))


def joint_home_visit(cast: Cast, case: Case, linked: int, day: date, people: list[Person]) -> None:
    """A home visit that meets the family and the one who uses drugs: one entry, seen from both sides."""
    user = cast.drug[linked]
    day = max(day, cast.trips[cast.trip_of[linked]] + timedelta(days=6))
    participants = [*(present(person, day) for person in people), present(user, day)]
    participants[-1]["target_groups"] = list(user.target_groups)
    home_visit(cast, case, day, participants)


def home_visit(cast: Cast, case: Case, day: date, participants: list[Body]) -> None:
    """A home visit to an open case, entered in outreach."""
    world = cast.world
    day, start = world.hour((case.worker,), day, 75)
    body: Body = {
        "id": made_id("visit", world.nth("visit")),
        "contract_id": CONTRACT,
        "case_id": case.case_id,
        "team_id": FAMILY_TEAM if case.worker in ("worker1", "worker2", "worker3", "worker4") else OUTREACH_TEAM,
        "occurred_on": day.isoformat(),
        "starts_at": start,
        "minutes": 75,
        "mode": "in_person",
        "setting": "home_visit",
        "activity": "follow_up",
        "participants": participants,
    }
    case.used(world.enter(VISITS, body, case.worker))


def _duplicate_sessions(cast: Cast) -> None:
    """Two sessions of a woman who was registered a second time by a colleague; the two are merged later."""
    world, woman = cast.world, cast.duplicate
    original = cast.case_of(DUPLICATED - 40)
    opened = original.opened + timedelta(days=70)
    case = Case(made_id("case", "kachi duplicate"), "KF-D1", woman.worker, opened, [(woman, "mother")], CONTRACT)
    world.open_case(case)
    for nth in range(2):
        day, start = world.hour((woman.worker,), opened + timedelta(days=5 + 24 * nth), 60)
        body = session_body(world.nth("session"), case, day, start, 60, world.mode(day))
        body["participants"] = [present(woman, day)]
        case.used(world.enter(SESSIONS, body, woman.worker))
