"""What is the same on the pages of every kind of entry: voiding and undoing it, and what became of a referral."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import render_template, request

from shared.auth.identity import Identity, identity
from shared.clock import local_date
from shared.errors import CaseledgerError
from shared.eventstore import Recorded, Work
from shared.serviceunit import referrals
from shared.serviceunit.effects import require_read
from shared.serviceunit.learnt.queries import contract_periods
from shared.serviceunit.lifecycle import UnitState
from shared.serviceunit.recording import Recording, nothing
from shared.serviceunit.schemas import VoidSchema
from shared.web.field_messages import load
from shared.web.requests import command_meta, expected_version, see_other, service


def void_page(units: Recording[Any], unit_id: str, back: str, undone: Callable[[Work], None] = nothing) -> Any:
    """Ask for the reason and void the entry, whose own page is at `back`; `undone` is what an undo takes back too."""
    who, error = identity(), None
    state, story = units.read(service(), who, unit_id)
    if request.method == "POST":
        try:
            given = {name: request.form.get(name) or None for name in ("reason", "reason_text")}
            asked = load(VoidSchema(), {name: value for name, value in given.items() if value})
            meta, beside = command_meta(), undone if "undo" in request.form else nothing
            require_read(ended=[unit_id])
            outcome = units.void(service(), who, meta, unit_id, asked, expected_version(), beside=beside)
            return see_other(back, outcome)
        except CaseledgerError as raised:
            error = raised
    assert state.unit is not None
    page = render_template("entry-void.html", on=state.unit.occurred_on, version=len(story), error=error, back=back)
    return page, error.status if error else 200


def may_undo(who: Identity, state: UnitState, story: Sequence[Recorded]) -> bool:
    """Say whether this is one's own entry of today, not changed since, in contracts that have not ended."""
    last, unit, today = story[-1], state.unit, local_date(service().clock.now())
    if unit is None or last.type != "ServiceUnitRecorded" or last.actor != who.account_id:
        return False
    with service().database.read() as connection:
        periods = contract_periods(connection, who.agency_id, [one.contract_id for one in unit.segments])
    return local_date(last.recorded_at) == today and all(today <= end for _, end in periods.values())


def answered_referrals(state: UnitState) -> list[referrals.Line]:
    """The referrals of the entry after the request has said of one of them whether it was taken up."""
    assert state.unit is not None
    lines = referrals.of_unit(state.unit)
    return referrals.answered(lines, request.form.get("number", ""), request.form.get("taken_up", ""))
