"""Cases: load, decide, append, in one transaction each."""

from dataclasses import dataclass
from functools import reduce
from typing import Any

from services.case.cases import queries
from services.case.cases.domain import (
    INITIAL,
    AssignCase,
    Case,
    ChangeCommand,
    JoinCase,
    RegisterCase,
    TransferCase,
    decide,
    evolve,
)
from services.case.cases.events import Member
from services.case.people.queries import known_people, next_number
from shared.auth.identity import Identity
from shared.auth.teams import chosen_team, require_known_team, require_team
from shared.clock import local_date
from shared.errors import FieldError, Invalid, NotFound, RuleBroken
from shared.eventstore import CommandMeta, Outcome, Work
from shared.ids import chosen_id, is_id
from shared.service import Service
from shared.serviceunit.learnt.queries import contract_periods


@dataclass(frozen=True, slots=True)
class Written:
    """What a command on a case did, and the case after it."""

    outcome: Outcome
    case: Case


def register(
    service: Service, who: Identity, meta: CommandMeta, asked: dict[str, Any], *, dry_run: bool = False
) -> Written:
    """Give a case its number and its first stage."""
    team_id = chosen_team(who, service.accounts, asked["team_id"])
    case_id = chosen_id(asked.get("id"), "case")
    if asked["worker_id"] is not None:
        _require_worker(service, who, asked["worker_id"])

    def body(work: Work) -> None:
        case, version = work.fold(case_id, INITIAL, evolve)
        contract_id = asked["contract_id"]
        if contract_id is not None and not contract_periods(work.connection, who.agency_id, [contract_id]):
            raise Invalid("contract_unknown", "There is no such contract.", field="contract_id")
        members = tuple(Member(**{**one, "from_date": one["from_date"] or asked["on"]}) for one in asked["members"])
        _require_people(work, {f"members.{index}.person_id": one.person_id for index, one in enumerate(members)})
        command = RegisterCase(
            case_id=case_id,
            case_number=_case_number(work, asked["case_number"]),
            kind=asked["kind"],
            contract_id=contract_id,
            team_id=team_id,
            worker_id=asked["worker_id"],
            stage=asked["stage"],
            on=asked["on"],
            members=members,
            today=local_date(work.now),
        )
        work.append(case_id, decide(command, case), version)

    outcome = service.store.run(meta, body, dry_run=dry_run)
    return Written(outcome, reduce(evolve, (pending.event for pending in outcome.events), INITIAL))


def change(
    service: Service,
    who: Identity,
    meta: CommandMeta,
    case_id: str,
    command: ChangeCommand,
    expected: int,
    *,
    dry_run: bool = False,
) -> Written:
    """Run a command on one case of the asker's teams."""
    if isinstance(command, TransferCase):
        require_known_team(who, service.accounts, command.team_id)
    if isinstance(command, AssignCase | TransferCase) and command.worker_id is not None:
        _require_worker(service, who, command.worker_id)
    after: list[Case] = []

    def body(work: Work) -> None:
        case = _checked(work.fold(case_id, INITIAL, evolve)[0] if is_id(case_id, "case") else INITIAL, who)
        if isinstance(command, JoinCase):
            _require_people(work, {"person_id": command.person_id})
        work.append(case_id, decide(command, case), expected)
        after[:] = [work.fold(case_id, INITIAL, evolve)[0]]

    outcome = service.store.run(meta, body, dry_run=dry_run)
    return Written(outcome, after[0] if after else _stored(service, who, case_id)[0])


def load(service: Service, who: Identity, case_id: str) -> tuple[Case, int]:
    """One case of the asker's teams, with its version."""
    if not is_id(case_id, "case"):
        raise NotFound("case_not_found", "There is no such case.")
    case, version = _stored(service, who, case_id)
    return _checked(case, who), version


def _stored(service: Service, who: Identity, case_id: str) -> tuple[Case, int]:
    with service.database.read() as connection:
        events = service.store.load(connection, case_id, who.agency_id)
    return reduce(evolve, (recorded.event for recorded in events), INITIAL), len(events)


def _checked(case: Case, who: Identity) -> Case:
    if case.stage == "absent":
        raise NotFound("case_not_found", "There is no such case.")
    require_team(who, case.team_id)
    return case


def _require_people(work: Work, paths: dict[str, str]) -> None:
    """Raise unless all of these are registered here and not erased."""
    known = known_people(work.connection, work.meta.agency_id, set(paths.values()))
    wrong = [
        FieldError(path, "person_unknown", "This person is not registered here.")
        for path, person_id in paths.items()
        if person_id not in known or known[person_id].erased
    ]
    if wrong:
        raise Invalid.of(wrong)


def _require_worker(service: Service, who: Identity, worker_id: str) -> None:
    if worker_id not in {account.account_id for account in service.accounts.list_accounts(who.agency_id)}:
        raise Invalid("worker_unknown", "There is no such colleague.", field="worker_id")


def _case_number(work: Work, chosen: str | None) -> str:
    """The number chosen, which must be free in the agency, or the next running one that is."""
    if chosen:
        if queries.case_number_taken(work.connection, work.meta.agency_id, chosen):
            raise RuleBroken("case_number_taken", "This case number is in use already.", field="case_number")
        return chosen
    while True:
        number = f"C{next_number(work, 'case'):05}"
        if not queries.case_number_taken(work.connection, work.meta.agency_id, number):
            return number
