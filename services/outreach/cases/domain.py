"""Whether a case was open on a day, as far as this service has heard. Pure."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCase:
    """A case of the agency. `periods` are the stretches in which it was open; both days belong to them."""

    case_id: str
    team_id: str
    case_number: str
    stage: str
    stage_on: date | None
    periods: tuple[tuple[date, date | None], ...] = ()

    def is_open_on(self, day: date) -> bool:
        return any(first <= day and (last is None or day <= last) for first, last in self.periods)

    def is_closed_on(self, day: date) -> bool:
        """Say whether the case had ended by `day`, between two openings included."""
        if self.is_open_on(day):
            return False
        if self.periods:
            return day >= self.periods[0][0]
        return self.stage == "closed" and self.stage_on is not None and day > self.stage_on
