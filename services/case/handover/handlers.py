"""Handing cases over: each is assigned to its successor, all in one transaction."""

from collections.abc import Mapping
from datetime import date

from services.case.cases.domain import INITIAL, AssignCase, decide, evolve
from services.case.handover.queries import planned_in
from shared.auth.identity import Identity
from shared.auth.teams import require_team
from shared.clock import local_date
from shared.errors import NotFound
from shared.eventstore import CommandMeta, Outcome, Work
from shared.ids import is_id
from shared.service import Service
from shared.serviceunit.handover.handlers import give_plan, successors_of


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

    What they have planned in a case goes with it. A case that is closed or somebody else's by now is left as it is.
    Raises `Invalid` for a successor who cannot work in the team of a case.
    """
    known = successors_of(service, who, leaver)

    def body(work: Work) -> None:
        for case_id, successor in successors.items():
            case, version = work.fold(case_id, INITIAL, evolve) if is_id(case_id, "case") else (INITIAL, 0)
            if case.stage == "absent":
                raise NotFound("case_not_found", "There is no such case.")
            require_team(who, case.team_id)
            known.require(successor, case.team_id, case_id)
            if case.worker_id == leaver and case.stage != "closed":
                command = AssignCase(worker_id=successor, on=on, today=local_date(work.now))
                work.append(case_id, decide(command, case), version)
                for session_id in planned_in(work.connection, case_id):
                    give_plan(work, session_id, leaver, successor)

    return service.store.run(meta, body, dry_run=dry_run)


def assigned(outcome: Outcome) -> list[str]:
    """The cases that a command has assigned."""
    return [pending.stream_id for pending in outcome.events if is_id(pending.stream_id, "case")]
