"""Who turned out to be whom: two registrations merged, a merge undone, cases closed, a person's data erased."""

from datetime import date, timedelta

from deploy.demo.kachi.cast import DUPLICATED, LAST_ENTRY, MISTAKEN, Cast
from deploy.demo.steps import Order, VersionOf


def add_identities(cast: Cast) -> None:
    """Add the merges and what ends the work."""
    _merge(cast, cast.duplicate.person_id, cast.family[DUPLICATED].person_id, LAST_ENTRY + timedelta(days=1))
    absorbed, into = (cast.family[index].person_id for index in MISTAKEN)
    _merge(cast, absorbed, into, LAST_ENTRY + timedelta(days=1))
    _unmerge(cast, absorbed, into, LAST_ENTRY + timedelta(days=3))
    _close_cases(cast)
    _deliverables(cast)
    _erase(cast)


def _merge(cast: Cast, absorbed: str, into: str, day: date) -> None:
    cast.world.plan.add(
        day,
        Order.LINK,
        "leader1",
        f"/case/api/v1/people/{absorbed}/merge",
        {"into": into, "into_version": VersionOf(into), "reason": "duplicate"},
        resource=absorbed,
        based_on=True,
        known_elsewhere=True,
    )


def _unmerge(cast: Cast, absorbed: str, into: str, day: date) -> None:
    cast.world.plan.add(
        day,
        Order.LINK,
        "leader1",
        f"/case/api/v1/people/{absorbed}/unmerge",
        {"from_person": into, "reason": "wrong_person"},
        resource=absorbed,
        based_on=True,
        known_elsewhere=True,
    )


def _close_cases(cast: Cast) -> None:
    """Some families go on, most cases end a few weeks after their last entry."""
    for number, case in enumerate((*cast.family_cases, *cast.own_cases.values())):
        assert case.last is not None
        day = case.last + timedelta(days=14)
        if number % 3 and day < LAST_ENTRY:
            cast.world.move_case(case, "close", day, reason="goals_met" if number % 2 else "referred")


def _deliverables(cast: Cast) -> None:
    for name, day in (("handbook", date(2020, 9, 18)), ("effectiveness-study", date(2021, 4, 30))):
        cast.world.plan.add(
            day,
            Order.END,
            "leader1",
            f"/reporting/api/v1/contracts/kachi-2/deliverables/{name}",
            {"done_on": day.isoformat(), "evidence": "HQ/publications"},
            resource="contract:kachi-2",
            based_on=True,
        )


def _erase(cast: Cast) -> None:
    """One woman asks, long after, that her data be erased: her name is gone, the counts stay."""
    person = cast.family[17]
    cast.world.plan.add(
        date(2022, 3, 14),
        Order.END,
        "admin",
        f"/case/api/v1/people/{person.person_id}/erase",
        {"reason": "requested"},
        resource=person.person_id,
        based_on=True,
        known_elsewhere=True,
    )
