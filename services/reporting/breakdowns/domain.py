"""Whether small cells of a breakdown may leave the agency (A002-26), and what of a breakdown is printed then. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.reporting.breakdowns.events import SmallCellsHeldBack, SmallCellsReleased
from services.reporting.indicators.breakdown import PERSONAL, Breakdown, Part
from services.reporting.indicators.suppression import held_back
from shared.errors import Invalid, RuleBroken
from shared.serviceunit import codes
from shared.serviceunit.checks import unknown_code

ReleaseEvent = SmallCellsReleased | SmallCellsHeldBack


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """`reason` says why small cells are released; None while they are held back."""

    reason: str | None = None


INITIAL = Release()


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRelease:
    """Release the small cells of one breakdown for a reason, or, without one, hold them back again."""

    contract_id: str
    indicator: str
    measure: str
    by: str
    reason: str | None


def decide(command: SetRelease, state: Release) -> list[ReleaseEvent]:
    """Raises `Invalid` for an unknown reason, `RuleBroken` where a breakdown has no cells to hold back."""
    place = {name: getattr(command, name) for name in ("contract_id", "indicator", "measure", "by")}
    if command.by not in PERSONAL:
        raise RuleBroken("nothing_held_back", "In this breakdown nothing is held back.")
    if command.reason == state.reason:
        return []
    if command.reason is None:
        return [SmallCellsHeldBack(**place)]
    if command.reason not in codes.RELEASE_REASONS:
        raise Invalid.of([unknown_code("reason", command.reason, codes.RELEASE_REASONS)])
    return [SmallCellsReleased(**place, reason=command.reason)]


def evolve(_: Release, event: ReleaseEvent) -> Release:
    """What holds after an event."""
    return Release(reason=event.reason if isinstance(event, SmallCellsReleased) else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """What leaves the agency: parts with None for one that is held back; no parts at all where they are too few."""

    parts: Sequence[tuple[str, Part | None]] | None

    @property
    def holds_back(self) -> bool:
        return self.parts is None or any(part is None for _, part in self.parts)


def within(whole: Breakdown) -> Printed:
    """What stays in the agency: every part."""
    return Printed(parts=[(part.code, part) for part in whole.parts])


def printed(whole: Breakdown, release: Release = INITIAL) -> Printed:
    """The parts as they go out: those of a personal attribute without small cells, unless these are released."""
    if whole.by not in PERSONAL or release.reason is not None:
        return within(whole)
    hidden = held_back([part.people for part in whole.parts])
    if hidden is None:
        return Printed(parts=None)
    cells = enumerate(whole.parts)
    return Printed(parts=[(part.code, None if place in hidden else part) for place, part in cells])
