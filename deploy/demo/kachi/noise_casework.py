"""Casework that must not count: every rule of the contract turns something away here."""

from datetime import date, timedelta

from deploy.demo.kachi.casework import SESSIONS, VISITS, session_body
from deploy.demo.kachi.cast import CONTRACT, END, START, Cast
from deploy.demo.kachi.support import support_body
from deploy.demo.staff import FAMILY_TEAM, FAMILY_WORKERS, OUTREACH_TEAM, OUTREACH_WORKERS
from deploy.demo.steps import Body, Order, made_id
from deploy.demo.world import Case, Person, present


def add_casework_noise(cast: Cast) -> None:
    """Add the sessions that were not held, too short, too early, too late, or somebody else's."""
    _not_held(cast)
    _hardly_sessions(cast)
    _before_opening(cast)
    _outside_the_period(cast)
    _regular_service(cast)
    _other_contract(cast)
    _other_people(cast)
    _planned_only(cast)
    _entered_wrongly(cast)
    _support(cast)


def _any_case(cast: Cast, *, from_day: date = START) -> Case:
    """A family of casework, not one of those with a linked drug user's or duplicated story."""
    return cast.world.rng.choice([case for case in cast.family_cases[70:] if case.opened >= from_day])


def _entry(cast: Cast, case: Case, day: date, minutes: int = 50, **more: object) -> Body:
    """A session with the family's members, free in the worker's diary."""
    world = cast.world
    day, start = world.hour((case.worker,), day, minutes, last=max(day, END))
    body = session_body(world.nth("session"), case, day, start, minutes, world.mode(day))
    people = [person for person, _ in case.members if person.role == "family_member"]
    body["participants"] = [present(person, day) for person in people]
    return body | more


def _enter(cast: Cast, case: Case, body: Body) -> date:
    typed = cast.world.enter(SESSIONS, body, case.worker)
    case.used(typed)
    return typed


def _some_day(cast: Cast, case: Case) -> date:
    return min(case.opened + timedelta(days=cast.world.rng.randint(12, 200)), END - timedelta(days=5))


def _not_held(cast: Cast) -> None:
    for nth in range(34):
        case = _any_case(cast)
        body = _entry(cast, case, _some_day(cast, case), status="no_show" if nth % 2 else "cancelled")
        if nth % 2:
            for participant in body["participants"]:
                participant["status"] = "absent"
        _enter(cast, case, body)
    for _ in range(6):
        # Held with a companion while the one it was meant for stayed away.
        case = _any_case(cast)
        body = _entry(cast, case, _some_day(cast, case))
        day = date.fromisoformat(body["occurred_on"])
        body["participants"][0]["status"] = "excused"
        body["participants"].append(present(_role(cast, "companion"), day))
        _enter(cast, case, body)


def _hardly_sessions(cast: Cast) -> None:
    for nth in range(22):
        case = _any_case(cast)
        body = _entry(cast, case, _some_day(cast, case), 5 + nth % 8, mode="phone", setting="other")
        _enter(cast, case, body)
    for nth in range(16):
        case = _any_case(cast)
        body = _entry(cast, case, _some_day(cast, case), 20, mode="messaging", setting="other")
        if nth % 2:
            del body["minutes"]
        _enter(cast, case, body)


def _new_family(cast: Cast, key: str, opened: date, contract: str | None, *, stage: str = "open", nth: int = 0) -> Case:
    world, worker = cast.world, FAMILY_WORKERS[nth % 4]
    person = world.person(key, "family_member", FAMILY_TEAM, worker)
    case = Case(
        made_id("case", f"kachi {key}"), f"KX-{key.replace(' ', '')}", worker, opened, [(person, "mother")], contract
    )
    return world.open_case(case, stage=stage)


def _before_opening(cast: Cast) -> None:
    """Talks before a family agreed to open a case; some never did come back after it opened."""
    for nth in range(6):
        asked = START + timedelta(days=90 + 140 * nth)
        case = _new_family(cast, f"early {nth}", asked, CONTRACT, stage="enquiry", nth=nth)
        for time in range(2):
            _enter(cast, case, _entry(cast, case, asked + timedelta(days=5 + 9 * time), activity="intake"))
        assert case.last is not None
        cast.world.move_case(case, "intake", case.last + timedelta(days=2))
        cast.world.move_case(case, "open", case.last + timedelta(days=9))
        case.used(case.last + timedelta(days=9))
        cast.world.move_case(case, "close", case.last + timedelta(days=60), reason="declined")


def add_aftercare(cast: Cast) -> None:
    """Calls after a case was closed, marked as such; only once the closings are known."""
    closed = [case for number, case in enumerate(cast.family_cases) if number % 3 and case.last is not None]
    for case in closed[12:40:3]:
        assert case.last is not None
        day = case.last + timedelta(days=40)
        if day < END - timedelta(days=3):
            body = _entry(cast, case, day, aftercare=True)
            cast.world.enter(SESSIONS, body, case.worker)


def _outside_the_period(cast: Cast) -> None:
    for nth in range(4):
        case = _new_family(cast, f"before {nth}", date(2018, 5, 7 + nth), CONTRACT, nth=nth)
        _enter(cast, case, _entry(cast, case, date(2018, 5, 21 + nth), mode="in_person"))
    for nth in range(5):
        case = cast.family_cases[-1 - 3 * nth]
        day, start = cast.world.hour((case.worker,), date(2021, 6, 1 + nth), 60, last=date(2021, 6, 18))
        body = session_body(cast.world.nth("session"), case, day, start, 60, "in_person")
        body["participants"] = [present(case.members[0][0], day)]
        _enter(cast, case, body)


def _regular_service(cast: Cast) -> None:
    for nth in range(5):
        opened = date(2019, 1, 14) + timedelta(days=120 * nth)
        case = _new_family(cast, f"regular {nth}", opened, None, nth=nth)
        for time in range(3):
            body = _entry(cast, case, opened + timedelta(days=6 + 20 * time))
            del body["contract_id"]
            _enter(cast, case, body)


def _other_contract(cast: Cast) -> None:
    for nth in range(4):
        opened = date(2019, 5, 13) + timedelta(days=100 * nth)
        case = _new_family(cast, f"bridge {nth}", opened, "family-bridge", nth=nth)
        for time in range(4):
            body = _entry(cast, case, opened + timedelta(days=8 + 25 * time), contract_id="family-bridge")
            _enter(cast, case, body)
    for _ in range(3):
        # Only ten minutes of these were for this contract, too few for a session.
        case = _any_case(cast, from_day=date(2019, 4, 10))
        body = _entry(cast, case, min(case.opened + timedelta(days=70), date(2021, 3, 20)), 60)
        del body["contract_id"]
        body["split_approval"] = "HQ/2019/17"
        body["segments"] = [
            {"contract_id": CONTRACT, "minutes": 10},
            {"contract_id": "family-bridge", "minutes": 50},
        ]
        _enter(cast, case, body)


def _role(cast: Cast, role: str) -> Person:
    return cast.world.rng.choice([person for person in cast.world.people if person.role == role])


def _other_people(cast: Cast) -> None:
    """People who use drugs outside the two target groups; relatives and teachers; a motivated one's later sessions."""
    world = cast.world
    for nth in range(4):
        worker = OUTREACH_WORKERS[nth % 3]
        user = world.person(f"motivated {nth}", "drug_user", OUTREACH_TEAM, worker)
        opened = date(2019, 3, 4) + timedelta(days=150 * nth)
        case = Case(
            made_id("case", f"kachi motivated {nth}"), f"KM-{nth}", worker, opened, [(user, "self")], CONTRACT,
            kind="person",
        )  # fmt: skip
        world.open_case(case)
        for time in range(3):
            body = _entry(cast, case, opened + timedelta(days=10 + 30 * time))
            body["participants"] = [present(user, date.fromisoformat(body["occurred_on"]))]
            _enter(cast, case, body)
    for _ in range(6):
        case = _any_case(cast)
        body = _entry(cast, case, _some_day(cast, case))
        body["participants"] = [present(_role(cast, "collateral"), date.fromisoformat(body["occurred_on"]))]
        _enter(cast, case, body)
    _no_longer_low(cast)


def _no_longer_low(cast: Cast) -> None:
    """D52 is motivated by now: the target group ended, and what follows counts no more."""
    world, user, case = cast.world, cast.drug[52], cast.own_cases[52]
    ended = case.opened + timedelta(days=120)
    world.plan.add(
        ended,
        Order.CHANGE,
        "leader2",
        f"/case/api/v1/people/{user.person_id}/target-groups/end",
        {"target_group": user.target_groups[0], "to_date": ended.isoformat()},
        resource=user.person_id,
        based_on=True,
        known_elsewhere=True,
    )
    for time in range(3):
        body = _entry(cast, case, ended + timedelta(days=10 + 30 * time))
        body["participants"] = [present(user, date.fromisoformat(body["occurred_on"]))]
        _enter(cast, case, body)


def _planned_only(cast: Cast) -> None:
    """Sessions that stood in the plan and were never recorded."""
    for _ in range(8):
        case = _any_case(cast)
        body = _entry(cast, case, _some_day(cast, case), status="planned")
        day = date.fromisoformat(body["occurred_on"])
        cast.world.plan.add(
            max(day - timedelta(days=4), case.opened),
            Order.PLAN,
            case.worker,
            f"{SESSIONS}/plan",
            body,
            resource=body["id"],
        )


def _entered_wrongly(cast: Cast) -> None:
    """Entered twice and voided; recorded as held and corrected to a no-show; a home visit nobody made."""
    world = cast.world
    for nth in range(12):
        case = _any_case(cast)
        body = _entry(cast, case, _some_day(cast, case))
        typed = _enter(cast, case, body)
        reason, text = (("duplicate", None), ("did_not_happen", "看錯日程表"))[nth % 2]
        case.used(changed := world.later(typed, 1, 20))
        world.void(SESSIONS, body["id"], case.worker if nth % 3 else "leader1", changed, reason, text)
    for nth in range(10):
        case = _any_case(cast)
        body = _entry(cast, case, _some_day(cast, case))
        typed = _enter(cast, case, body)
        absent = [participant | {"status": "absent"} for participant in body["participants"]]
        case.used(changed := world.later(typed, 1, 20))
        right = body | {"status": "no_show", "participants": absent}
        world.correct(SESSIONS, right, case.worker if nth % 3 else "leader1", changed, "attendance_wrong")


def _support(cast: Cast) -> None:
    world = cast.world
    for nth in range(12):
        body = support_body(cast, 36 + nth, 4)
        case = cast.case_of(2 * (36 + nth) + 20)
        day = date.fromisoformat(body["occurred_on"])
        person = case.members[0][0]
        body["participants"] = [present(person, day)]
        if nth < 4:
            body["status"] = "cancelled"
        elif nth < 7:
            body["participants"] = [present(_role(cast, "child"), day)]
        elif nth < 9:
            body["contract_id"] = None  # regular service paid for it
        typed = world.enter(SESSIONS, body, case.worker)
        case.used(typed)
        if nth >= 9:
            case.used(changed := world.later(typed))
            world.void(SESSIONS, body["id"], "leader1", changed, "duplicate")
    _self_care_at_home(cast)


def _self_care_at_home(cast: Cast) -> None:
    """Carer self-care practised on a home visit: it is a session of casework, not a meeting of a group."""
    visits = [
        step
        for step in cast.world.plan.steps
        if step.path == VISITS and step.body.get("setting") == "home_visit" and step.body["team_id"] == FAMILY_TEAM
    ]
    for step in visits[:6]:
        step.body["activity"] = "carer_self_care"
