"""Visits and contacts that must not count."""

from datetime import date, timedelta

from deploy.demo.kachi.casework import VISITS
from deploy.demo.kachi.cast import Cast
from deploy.demo.kachi.outreach import add_token, token_present, trip_body
from deploy.demo.staff import OUTREACH_WORKERS
from deploy.demo.steps import Body
from deploy.demo.world import present


def add_outreach_noise(cast: Cast) -> None:
    """Add trips on which nobody was met, people outside the target groups, and other people's trips."""
    first = date(2018, 7, 24)
    for nth in range(8):
        _missed(cast, first + timedelta(days=110 * nth), nth)
    for nth in range(5):
        _met_others(cast, first + timedelta(days=35 + 160 * nth), nth)
    _turned_away(cast)
    _not_met_on_trips(cast)
    _voided(cast)


def _enter(cast: Cast, body: Body, nth: int) -> date:
    return cast.world.enter(VISITS, body, OUTREACH_WORKERS[nth % 3])


def _missed(cast: Cast, day: date, nth: int) -> None:
    """Nobody was there; the one looked for is noted as not met."""
    token = add_token(cast, f"missed {nth}", day, nth % 4)
    body = trip_body(cast, day, nth % 4, 90) | {"status": "missed"}
    body["participants"] = [token_present(token, status="absent")]
    _enter(cast, body, nth)


def _met_others(cast: Cast, day: date, nth: int) -> None:
    """Met: users of drugs who are in no target group, a low-motivation one who came along with somebody."""
    token = add_token(cast, f"other {nth}", day, nth % 4, groups=())
    body = trip_body(cast, day, nth % 4)
    user = cast.drug[nth]
    on = date.fromisoformat(body["occurred_on"])
    body["participants"] = [token_present(token)]
    if cast.trips[cast.trip_of[nth]] < on:
        body["participants"].append(present(user, on, role="companion", target_groups=list(user.target_groups)))
    _enter(cast, body, nth)


def _turned_away(cast: Cast) -> None:
    cases: tuple[tuple[str, date, Body], ...] = (
        ("regular 1", date(2018, 11, 6), {"contract_id": None}),
        ("regular 2", date(2019, 10, 15), {"contract_id": None}),
        ("regular 3", date(2020, 11, 17), {"contract_id": None}),
        ("cancelled 1", date(2019, 5, 21), {"status": "cancelled"}),
        ("cancelled 2", date(2020, 8, 18), {"status": "cancelled"}),
        ("short 1", date(2019, 1, 22), {"minutes": 5}),
        ("messages 1", date(2020, 4, 7), {"mode": "messaging", "setting": "online", "minutes": 30}),
        ("messages 2", date(2020, 5, 12), {"mode": "messaging", "setting": "online", "minutes": None}),
        ("before", date(2018, 5, 25), {}),
        ("after", date(2021, 6, 9), {}),
    )
    for nth, (name, day, more) in enumerate(cases):
        token = add_token(cast, name, day, nth % 4)
        body = trip_body(cast, day, nth % 4) | more
        body["participants"] = [token_present(token, status="absent" if "status" in more else "present")]
        _enter(cast, body, nth)


def _not_met_on_trips(cast: Cast) -> None:
    """On some trips that count, somebody else was looked for in vain."""
    trips = [step for step in cast.world.plan.steps if step.path == VISITS and step.body["setting"] == "outreach"]
    counted = [step for step in trips if len(step.body["participants"]) >= 3]
    for nth, step in enumerate(counted[2:14:3]):
        token = add_token(cast, f"in vain {nth}", date.fromisoformat(step.body["occurred_on"]), nth)
        step.body["participants"].append(token_present(token, status="absent"))


def _voided(cast: Cast) -> None:
    for nth in range(3):
        day = date(2019, 2, 12) + timedelta(days=200 * nth)
        body = trip_body(cast, day, nth)
        body["participants"] = [token_present(add_token(cast, f"voided {nth}", day, nth))]
        typed = _enter(cast, body, nth)
        cast.world.void(VISITS, body["id"], "leader2", cast.world.later(typed), "duplicate")
