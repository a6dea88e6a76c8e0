"""Handing cases over: each is assigned to its successor, all in one transaction."""

from collections.abc import Mapping
from datetime import date

from services.case.cases.domain import INITIAL, AssignCase, decide, evolve
from shared.auth.identity import Identity
from shared.auth.roles import RECORDERS
from shared.auth.teams import require_team
from shared.clock import local_date
from shared.errors import Invalid, NotFound
from shared.eventstore import CommandMeta, Outcome, Work
from shared.ids import is_id
from shared.service import Service


def hand_over(
    service: Service,
    who: Identity,
    meta: CommandMeta,
    leaver: str,
    successors: Mapping[str, str],
    on: date,
    *,
    dry_run: bool = False,
) -> Outcome:
    """Assign the cases of `leaver` to their `successors` (account by case) from a day on.

    A case that is closed or somebody else's by now is left as it is. Raises `Invalid` for a successor who cannot work
    in the team of a case.
    """
    teams = _teams_of(service, who, leaver)

    def body(work: Work) -> None:
        for case_id, successor in successors.items():
            case, version = work.fold(case_id, INITIAL, evolve) if is_id(case_id, "case") else (INITIAL, 0)
            if case.stage == "absent":
                raise NotFound("case_not_found", "There is no such case.")
            require_team(who, case.team_id)
            if successor not in teams or not (teams[successor] is None or case.team_id in (teams[successor] or ())):
                raise Invalid(
                    "successor_unknown", "This colleague does not work in the team of the case.", field=case_id
                )
            if case.worker_id == leaver and case.stage != "closed":
                command = AssignCase(worker_id=successor, on=on, today=local_date(work.now))
                work.append(case_id, decide(command, case), version)

    return service.store.run(meta, body, dry_run=dry_run)


def _teams_of(service: Service, who: Identity, leaver: str) -> dict[str, frozenset[str] | None]:
    """The teams of everybody who may take over; None means all of them."""
    return {
        one.account_id: None if one.role == "agency_admin" else frozenset(one.team_ids)
        for one in service.accounts.list_accounts(who.agency_id)
        if one.role in RECORDERS and not one.disabled and one.account_id != leaver
    }
