"""Groups: load, decide, append, in one transaction each."""

from typing import Any

from services.groups.groups import queries
from services.groups.groups.domain import (
    INITIAL,
    AdmitMember,
    ChangeGroup,
    EndGroup,
    GroupState,
    OpenGroup,
    PlanGroup,
    ReleaseMember,
    decide,
    evolve,
)
from shared.auth.identity import Identity
from shared.auth.teams import chosen_team, require_team
from shared.clock import local_date
from shared.errors import Invalid, NotFound
from shared.eventstore import CommandMeta, Outcome, Work
from shared.ids import chosen_id, require_id
from shared.service import Service
from shared.serviceunit.learnt.queries import contract_periods, is_known


def plan_group(
    service: Service, who: Identity, meta: CommandMeta, asked: dict[str, Any], *, dry_run: bool = False
) -> Outcome:
    """Plan a group for one of this person's teams."""
    fields = {**asked, "team_id": chosen_team(who, service.accounts, asked["team_id"])}
    group_id = chosen_id(fields.pop("id", None), "group")

    def body(work: Work) -> None:
        _check_contract(work, who, fields["contract_id"])
        state, version = work.fold(group_id, INITIAL, evolve)
        work.append(group_id, decide(PlanGroup(group_id=group_id, **fields), state), version)

    return service.store.run(meta, body, dry_run=dry_run)


def change_group(
    service: Service,
    who: Identity,
    meta: CommandMeta,
    command: ChangeGroup | OpenGroup | EndGroup | AdmitMember | ReleaseMember,
    expected_version: int,
    *,
    dry_run: bool = False,
) -> Outcome:
    """Describe a group anew, open or end it, or change its members."""

    require_id(command.group_id, "group")

    def body(work: Work) -> None:
        state, _ = work.fold(command.group_id, INITIAL, evolve)
        _require_own(state, who)
        if isinstance(command, ChangeGroup):
            _check_contract(work, who, command.contract_id)
        if isinstance(command, AdmitMember) and not is_known(work.connection, who.agency_id, command.person_id):
            raise Invalid("person_unknown", "This person is not registered here.", field="person_id")
        work.append(command.group_id, decide(command, state), expected_version)

    return service.store.run(meta, body, dry_run=dry_run)


def command_on_day(
    kind: type[OpenGroup] | type[EndGroup], service: Service, group_id: str, asked: dict[str, Any]
) -> Any:
    """The command to open or to end a group; today is the clock's."""
    return kind(group_id=group_id, on=asked["on"], today=local_date(service.clock.now()))


def read_group(service: Service, who: Identity, group_id: str) -> dict[str, Any]:
    """One group of this person's teams, with its memberships."""
    with service.database.read() as connection:
        found = queries.group(connection, who.agency_id, group_id)
    if found is None:
        raise NotFound("group_not_found", "There is no such group.")
    require_team(who, found["team_id"])
    return found


def _check_contract(work: Work, who: Identity, contract_id: str | None) -> None:
    if contract_id is not None and not contract_periods(work.connection, who.agency_id, [contract_id]):
        raise Invalid("contract_unknown", "There is no such contract.", field="contract_id")


def _require_own(state: GroupState, who: Identity) -> None:
    if state.phase == "absent":
        raise NotFound("group_not_found", "There is no such group.")
    require_team(who, state.team_id)
