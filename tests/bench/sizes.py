"""A contract as large as the demo's, ten and a hundred times: its report now and at a cut, and what moved it since."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, Connection, Table, insert, literal, select, update

from services.reporting.contracts.queries import contract_at
from services.reporting.figures.reports import counted
from services.reporting.ledger.cut import Cut
from services.reporting.ledger.cuts import cut_now
from services.reporting.submissions.restating import End, restatement
from services.reporting.tables import ledger, touched
from services.suite import Suite
from shared.database import Database
from tests.bench.figures import append_in_bulk, bare_store, units_of
from tests.bench.measure import Ratio, in_turns, seconds

AGENCY, CONTRACT = "agency-0", "contract-0"
LATE = 50
"""Sessions recorded since a report was sent."""
Took = dict[str, float]


def multiply(database: Database, times: int, size: int) -> None:
    """Copy the sessions of the contract, which are there `times` times, until there are `size` times as many."""
    with database.write() as connection:
        for number in range(times, size):
            _copy(connection, ledger.segment, ledger.segment.c.unit_id, number)
            _copy(connection, ledger.entry, ledger.entry.c.entry_id, number)
        # What was kept ready of fewer sessions is not what they would be now.
        connection.execute(update(touched).values(times=touched.c.times + 1))


def _copy(connection: Connection, table: Table, own_id: ColumnElement[str], number: int) -> None:
    others = [column for column in table.c if column.name != own_id.key]
    rows = select(own_id + literal(f"/{number}"), *others).where(own_id.not_like("%/%"))
    connection.execute(insert(table).from_select([str(own_id.key), *(column.name for column in others)], rows))


def measured(house: Suite) -> Took:
    """Milliseconds of a report now and at the cut of a report sent, and of what moved since, every figure of it."""
    reporting = house.services["reporting"]
    with reporting.database.read() as connection:
        then = cut_now(connection)
    late = units_of(CONTRACT)["case"][:LATE]
    append_in_bulk(bare_store(house.services["case"]), AGENCY, late)
    house.background.drain()
    with reporting.database.read() as connection:
        now = cut_now(connection)
        found = contract_at(reporting.store, connection, AGENCY, CONTRACT, now["reporting"])
        first, second = (End(cut=cut, period=found.definition.period) for cut in (then, now))

        def report(cut: Cut) -> float:
            return 1000 * seconds(lambda: counted(connection, found, cut))

        def moved() -> float:
            return 1000 * seconds(lambda: restatement(reporting.store, connection, AGENCY, CONTRACT, first, second))

        took = in_turns(3, lambda: report(now), lambda: report(then), moved)
    return dict(zip(("report now", "report at a cut", "restatement"), took, strict=True))


def told(name: str, took: Took, one: Took, *, aims: Took) -> Iterator[Ratio]:
    """Each against the same at the demo's size, and against its aim in milliseconds where it has one."""
    for what, milliseconds in took.items():
        if took is not one:
            title = f"{what} at {name}: against the demo's size"
            yield Ratio(name=title, ours=milliseconds, other=one[what], unit="ms", aim=None)
        if what in aims:
            title = f"{what} at {name}: against the aim"
            yield Ratio(name=title, ours=milliseconds, other=aims[what], unit="ms", aim=1, at_least=False)
