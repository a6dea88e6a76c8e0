"""Releasing small cells: load, decide, append."""

from services.reporting.breakdowns.domain import INITIAL, SetRelease, decide, evolve
from services.reporting.breakdowns.queries import figure_of, release_stream
from services.reporting.contracts.queries import contract_at
from shared.eventstore import CommandMeta, Outcome, Work
from shared.service import Service


def set_release(
    service: Service, meta: CommandMeta, command: SetRelease, expected_version: int, *, dry_run: bool = False
) -> Outcome:
    """Release the small cells of a breakdown for a reason, or hold them back again."""
    place = (command.contract_id, command.indicator, command.measure, command.by)

    def body(work: Work) -> None:
        found = contract_at(service.store, work.connection, meta.agency_id, command.contract_id)
        figure_of(found.definition, command.indicator, command.measure)
        stream_id = release_stream(meta.agency_id, *place)
        state, _ = work.fold(stream_id, INITIAL, evolve)
        work.require_version(stream_id, expected_version)
        work.append(stream_id, decide(command, state), expected_version)

    return service.store.run(meta, body, dry_run=dry_run)
