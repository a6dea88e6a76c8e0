"""Giving what somebody has planned to others; who may take over is asked of the accounts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.auth.identity import Identity
from shared.auth.roles import RECORDERS
from shared.errors import Invalid
from shared.eventstore import CommandMeta, Outcome, Work
from shared.service import Service
from shared.serviceunit import lifecycle
from shared.serviceunit.lifecycle import GivePlan
from shared.serviceunit.recording import Recording, own


@dataclass(frozen=True, slots=True)
class Successors:
    """The teams of everybody who may take over from somebody, by account; None means all of them."""

    teams: Mapping[str, frozenset[str] | None]

    def require(self, account_id: str, team_id: str, field: str) -> None:
        """Raise `Invalid` at `field` when this account does not work in the team."""
        works_in = self.teams.get(account_id, frozenset())
        if works_in is not None and team_id not in works_in:
            raise Invalid("successor_unknown", "This colleague does not work in the team of the entry.", field=field)


def successors_of(service: Service, who: Identity, leaver: str) -> Successors:
    """Everybody of the agency who records and has an open account, but for `leaver`."""
    return Successors(
        {
            one.account_id: None if one.role == "agency_admin" else frozenset(one.team_ids)
            for one in service.accounts.list_accounts(who.agency_id)
            if one.role in RECORDERS and not one.disabled and one.account_id != leaver
        }
    )


def give_plans(
    units: Recording[Any],
    service: Service,
    who: Identity,
    meta: CommandMeta,
    leaver: str,
    chosen: Mapping[str, str],
    *,
    dry_run: bool = False,
) -> Outcome:
    """Put the `chosen` successor (account by entry) in the place of `leaver` in what is planned, in one transaction.

    What was recorded since, or is somebody else's by now, is left as it is.
    """
    successors = successors_of(service, who, leaver)

    def body(work: Work) -> None:
        for unit_id, successor in chosen.items():
            state = own(work, who, unit_id, units.prefix)
            assert state.unit is not None
            successors.require(successor, state.unit.team_id, unit_id)
            give_plan(work, unit_id, leaver, successor)

    return service.store.run(meta, body, dry_run=dry_run)


def give_plan(work: Work, unit_id: str, leaver: str, successor: str) -> None:
    """Give one entry, where it is only planned and theirs."""
    state, version = work.fold(unit_id, lifecycle.INITIAL, lifecycle.evolve)
    if state.phase == "planned" and state.unit is not None and leaver in state.unit.served_by:
        work.append(unit_id, lifecycle.decide(GivePlan(leaver=leaver, successor=successor), state), version)
