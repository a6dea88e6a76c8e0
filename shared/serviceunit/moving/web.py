"""The page that moves entries to another contract: which, what it would do to every figure, and what became of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import Blueprint, flash, render_template, request
from flask_babel import ngettext

from shared.auth.identity import Identity, identity, requires
from shared.auth.roles import LEADERS, RECORDERS
from shared.auth.teams import teams_seen
from shared.errors import CaseledgerError, Invalid
from shared.serviceunit.effects import MANY, moved_figures, require_read, shown_effects
from shared.serviceunit.learnt.queries import contracts
from shared.serviceunit.moving.handlers import MOST, Movable, Move, Moved, move_all, would_move
from shared.serviceunit.moving.queries import Wanted, belongs_to, booked
from shared.serviceunit.shown import contract_title
from shared.serviceunit.unit import ServiceUnit
from shared.web.requests import command_meta, see_other, seen, service

Page = Any
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the address asks for: which entries, and to which contract as far as that is chosen."""

    wanted: Wanted
    target: str | None

    @property
    def move(self) -> Move | None:
        if self.target is None:
            return None
        return Move(
            source=self.wanted.contract, target=self.target, reason=request.form.get("reason") or "wrong_contract"
        )


@dataclass(frozen=True, slots=True)
class Preview:
    """The entries, what would become of each, which are ticked, and what would move; None where nobody could say."""

    found: Sequence[tuple[ServiceUnit, int]] = ()
    would: Mapping[str, Moved] = field(default_factory=dict)
    ticked: Mapping[str, int] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    effects: list[Values] | None = None
    figures: list[Values] | None = None


def add_moving_page(bp: Blueprint, movable: Movable) -> None:
    """Add the page to those of a service's entries, at `move` below their list."""

    @bp.route("/move", methods=["GET", "POST"])
    @requires(*LEADERS)
    def move() -> Page:
        """Entries booked under the wrong contract: choose them, look at what moves, and move them"""
        who, error = identity(), None
        with service().database.read() as connection:
            known = contracts(connection, who.agency_id)
        chosen, done = _chosen({one["contract_id"]: one for one in known}), list[Moved]()
        saving = request.method == "POST" and "preview" not in request.form
        if saving and chosen is not None and chosen.move is not None:
            try:
                done = _moved(movable, who, chosen.move, _ticked())
                if all(one.error is None for one in done):
                    flash(ngettext("%(num)s entry moved.", "%(num)s entries moved.", len(done)))
                    return see_other(f"{movable.address}/move?contract={chosen.target}")
            except CaseledgerError as raised:
                error = raised
        accounts = service().accounts.list_accounts(who.agency_id)
        page = render_template(
            "entries-move.html",
            address=movable.address,
            contracts=[(one["contract_id"], contract_title(one)) for one in known],
            belongs_to=belongs_to,
            chosen=chosen,
            preview=_preview(movable, who, chosen) if chosen else Preview(),
            most=MOST,
            failed=[one for one in done if one.error is not None],
            moved=sum(one.error is None for one in done),
            error=error,
            accounts={one.account_id: one.display_name for one in accounts},
            workers=[(one.account_id, one.display_name) for one in accounts if one.role in RECORDERS],
        )
        return page, error.status if error else 200


def _moved(movable: Movable, who: Identity, move: Move, entries: Mapping[str, int]) -> list[Moved]:
    """Move what was ticked, once its effects on reports that were sent have been read."""
    if not entries:
        raise Invalid("nothing_chosen", "Choose at least one entry.")
    require_read(units=_counting(would_move(movable, service(), who, move, entries)), seconds=MANY)
    done = move_all(movable, service(), who, command_meta(), move, entries)
    for one in done:
        if one.outcome is not None:
            seen(one.outcome)
    return done


def _preview(movable: Movable, who: Identity, chosen: Chosen) -> Preview:
    """Everything that would happen; all that can be moved is ticked until the form says otherwise."""
    with service().database.read() as connection:
        found = booked(connection, movable.table, who.agency_id, teams_seen(who), chosen.wanted, MOST)
        titles = movable.titles(connection, [unit for unit, _ in found])
    if chosen.move is None or not found:
        return Preview(found, titles=titles)
    entries = {unit.unit_id: version for unit, version in found}
    would = {one.unit_id: one for one in would_move(movable, service(), who, chosen.move, entries)}
    ticked = _ticked() if request.method == "POST" else entries
    units = _counting(one for one in would.values() if one.unit_id in ticked)
    return Preview(found, would, ticked, titles, shown_effects(units), moved_figures(units))


def _counting(would: Any) -> list[ServiceUnit]:
    """The entries as they would be; what is only planned counts for nothing."""
    return [one.unit for one in would if one.unit is not None and one.unit.status != "planned"]


def _ticked() -> dict[str, int]:
    """The entries ticked in the form, each with the version that was read."""
    pairs = (one.rpartition("@") for one in request.form.getlist("entry")[:MOST])
    return {unit_id: int(version) for unit_id, _, version in pairs if version.isdecimal() and len(version) < 9}


def _chosen(known: Mapping[str, Values]) -> Chosen | None:
    """What the address asks for; nothing before a contract is chosen."""
    asked, source, target = request.args, request.args.get("contract", ""), request.args.get("target", "")
    if source not in known:
        return None
    wanted = Wanted(
        contract=source,
        first=_day("from") or known[source]["first_day"],
        last=_day("to") or known[source]["last_day"],
        worker=asked.get("worker") or None,
        of=asked.get("of") or None,
    )
    return Chosen(wanted, target if target in known and target != source else None)


def _day(name: str) -> date | None:
    given = request.args.get(name)
    try:
        return date.fromisoformat(given) if given else None
    except ValueError as error:
        raise Invalid("not_a_date", "Give a date here, such as 2021-05-28.", field=name) from error
