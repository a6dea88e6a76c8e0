"""The whole demo as one list of requests, in the order in which they were made."""

from dataclasses import replace
from datetime import date, timedelta

from deploy.demo import harbour, running
from deploy.demo.kachi import tell as kachi
from deploy.demo.steps import Plan, Step

DESK_DAYS = (0, 2, 4)  # Monday, Wednesday, Friday


def steps(today: date) -> list[Step]:
    """Return every request of the demo; only the running contracts depend on `today` (the Hong Kong date)."""
    plan = Plan()
    kachi.tell(plan)
    running.tell(plan, today)
    harbour.tell(plan, today)
    plan.steps = [replace(step, day=at_the_desk(step.day, today)) for step in plan.steps]
    return plan.ordered()


def at_the_desk(day: date, today: date) -> date:
    """Return when it was typed: on the next of the three evenings a week on which people sit down to do so."""
    evening = day
    while evening.weekday() not in DESK_DAYS:
        evening += timedelta(days=1)
    return min(evening, max(day, today - timedelta(days=1)))
