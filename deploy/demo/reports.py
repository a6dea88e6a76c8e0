"""Which reports of the demo were submitted, and to whom: what its funder reads."""

from dataclasses import dataclass
from datetime import date

from deploy.demo.running import period
from services.reporting.indicators.periods import months_later

SHARED_WITH = "funder"
"""The funder of the first agency also pays for the second agency's contract."""


@dataclass(frozen=True, slots=True)
class Submission:
    """The report of one period, sealed by a leader."""

    contract: str
    leader: str
    months: int
    """After how many whole months of the contract the period ends."""
    start: date

    def is_of(self, last_day: str) -> bool:
        """Say whether this is the period that ends on a day."""
        return date.fromisoformat(last_day).toordinal() + 1 == months_later(self.start, self.months).toordinal()


def submissions(today: date) -> tuple[Submission, ...]:
    """The last report that each contract has sent: running ones are a few months behind, as they are."""
    start, _ = period(today)
    return (
        Submission("kachi-2", "leader1", 30, date(2018, 6, 1)),
        Submission("running", "leader1", 9, start),
        Submission("harbour", "harbour-leader", 6, start),
    )
