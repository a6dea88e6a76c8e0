"""The facts about small cells of a breakdown: who let them out of the agency, and why."""

from shared.events import event


@event("SmallCellsReleased")
class SmallCellsReleased:
    """Files of this breakdown say its small cells from now on; `reason` is a code."""

    contract_id: str
    indicator: str
    measure: str
    by: str
    reason: str


@event("SmallCellsHeldBack")
class SmallCellsHeldBack:
    """Files of this breakdown hold its small cells back again."""

    contract_id: str
    indicator: str
    measure: str
    by: str


EVENTS: tuple[type, ...] = (SmallCellsReleased, SmallCellsHeldBack)
