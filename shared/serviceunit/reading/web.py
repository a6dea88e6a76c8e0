"""What every entry's page shows of reading, and the two forms of a leader: read, or return with a comment."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, render_template, request
from flask_babel import gettext

from shared.auth.identity import Identity, identity, requires
from shared.auth.roles import LEADERS
from shared.auth.teams import reads_notes
from shared.errors import CaseledgerError, StaleVersion
from shared.serviceunit.lifecycle import UnitState
from shared.serviceunit.reading.domain import Entry, may_read
from shared.serviceunit.reading.handlers import Units, last_of, read_entry, readings, return_entry
from shared.serviceunit.shown import line, told
from shared.web.problems import error_message
from shared.web.requests import command_meta, expected_version, see_other, service


def add_reading_pages(bp: Blueprint, units: Units, base: str) -> None:
    """Add the two forms to the pages of an entry, which lie at `base`."""

    @bp.post("/<unit_id>/read")
    @requires(*LEADERS)
    def read(unit_id: str) -> Any:
        """Sign for the version that was on the screen."""
        back = f"{base}/{unit_id}"
        try:
            outcome = read_entry(units, service(), identity(), command_meta(), unit_id, expected_version())
        except StaleVersion as error:
            flash(error_message(error))
            return see_other(back)
        flash(gettext("Read and signed."))
        return see_other(back, outcome)

    @bp.route("/<unit_id>/return", methods=["GET", "POST"])
    @requires(*LEADERS)
    def give_back(unit_id: str) -> Any:
        """Ask for the comment and return the entry to its author."""
        who, back, error = identity(), f"{base}/{unit_id}", None
        state, story = units.read(service(), who, unit_id)
        if request.method == "POST":
            comment, version = request.form.get("comment", ""), expected_version()
            try:
                outcome = return_entry(units, service(), who, command_meta(), unit_id, comment, version)
                return see_other(back, outcome)
            except CaseledgerError as raised:
                error = raised
        page = render_template("entry-return.html", unit=state.unit, version=len(story), error=error, back=back)
        return page, error.status if error else 200


@dataclass(frozen=True, slots=True)
class ReadingShown:
    """Where an entry stands with the leader, and what this person may do about it.

    The comment goes to those who read notes and to the author, whom it is for.
    """

    version: int
    waits: bool
    returned: bool
    may_read: bool
    may_return: bool
    comment: str | None
    lines: list[dict[str, Any]]

    def with_story(self, lines: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """The story of an entry together with what leaders have said of it, the latest first."""
        return sorted([*self.lines, *lines], key=lambda one: str(one["when"]), reverse=True)


def reading_shown(who: Identity, state: UnitState, version: int, names: dict[str, str]) -> ReadingShown:
    """What the page of an entry says of reading; `names` are those of the agency's accounts."""
    assert state.unit is not None
    with service().database.read() as connection:
        said = readings(connection, service(), who, state.unit.unit_id)
    last, entry = last_of(said), Entry(state, version)
    waits, returned = entry.waits(last), entry.is_returned(last)
    leads = who.role in LEADERS and may_read(state, who.account_id)
    addressed = reads_notes(who) or state.unit.entered_by == who.account_id
    return ReadingShown(
        version=version,
        waits=waits,
        returned=returned,
        may_read=leads and (waits or returned),
        may_return=leads and not returned,
        comment=last.comment if addressed else None,
        lines=[line(told(one, who, names), None) for one in said],
    )
