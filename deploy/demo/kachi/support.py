"""Output 4: 141 interdisciplinary support sessions with 53 family members, some of them with two families at once."""

from datetime import timedelta

from deploy.demo.kachi.casework import SESSIONS
from deploy.demo.kachi.cast import CONTRACT, END, Cast
from deploy.demo.staff import account_id
from deploy.demo.steps import Body, made_id
from deploy.demo.world import present

SUPPORTED = 53
THREE_TIMES = 35  # the others have two
PROFESSIONS = (
    ("clinical_psychology", "蕭博士"),
    ("nursing", "季護士"),
    ("medical", "戚醫生"),
    ("legal", "Mr. Bannister"),
    ("chinese_medicine", "莫醫師"),
)


def case_index(nth: int) -> int:
    """Which of casework's family members the nth supported one is."""
    return nth * 2 + 20


def add_support(cast: Cast) -> None:
    """Add every counted support session."""
    for nth in range(SUPPORTED):
        for time in range(3 if nth < THREE_TIMES else 2):
            _session(cast, nth, time)


def support_body(cast: Cast, nth: int, time: int) -> Body:
    """A support session of the nth supported person's family, without its people."""
    world, index = cast.world, case_index(nth)
    case, (profession, name) = cast.case_of(index), PROFESSIONS[(nth + time) % len(PROFESSIONS)]
    day, start = world.hour((case.worker,), case.opened + timedelta(days=30 + 45 * time + nth % 7), 60, last=END)
    mode = world.mode(day)
    return {
        "id": made_id("session", world.nth("support")),
        "kind": "support_session",
        "contract_id": CONTRACT,
        "case_ids": [case.case_id],
        "occurred_on": day.isoformat(),
        "starts_at": start,
        "minutes": 60,
        "mode": mode,
        "setting": "centre" if mode in ("in_person", "hybrid") else "other",
        "activity": profession,
        "served_by": [account_id(case.worker)],
        "helpers": [name],
    }


def _session(cast: Cast, nth: int, time: int) -> None:
    world, index = cast.world, case_index(nth)
    body = support_body(cast, nth, time)
    day = world.start.fromisoformat(body["occurred_on"])
    people = [cast.case_person(index)]
    cases = [cast.case_of(index)]
    if time == 0 and nth % 4 == 1:
        # Two families sit with the psychologist together: still one session, and both are among the 53.
        neighbour = case_index(nth - 1)
        if cast.case_of(neighbour).opened <= day and cast.case_of(neighbour) is not cases[0]:
            people.append(cast.case_person(neighbour))
            cases.append(cast.case_of(neighbour))
            body["case_ids"] = [case.case_id for case in cases]
    body["participants"] = [present(person, day) for person in people]
    if time == 1 and nth % 10 == 3:
        body["participants"][0]["status"] = "left_early"
    typed = world.enter(SESSIONS, body, cases[0].worker)
    for case in cases:
        case.used(typed)
