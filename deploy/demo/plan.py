"""The whole demo as one list of requests, in the order in which they were made."""

from datetime import date

from deploy.demo import harbour, running
from deploy.demo.kachi import tell as kachi
from deploy.demo.steps import Plan, Step


def steps(today: date) -> list[Step]:
    """Return every request of the demo; only the running contracts depend on `today` (the Hong Kong date)."""
    plan = Plan()
    kachi.tell(plan)
    running.tell(plan, today)
    harbour.tell(plan, today)
    return plan.ordered()
