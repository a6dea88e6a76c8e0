"""Making a service's read tables again while the old ones serve and the service goes on writing.

The new tables are made beside the old in short transactions, until little is left to catch up with. Then all writers
wait for the moment in which the last events are shown and a picture of both is taken; what is compared is that
picture, so that nobody waits for the comparison. When the tables are equal, that is all. When they differ, the new
ones are put in place only if the difference is explained, or accepted by the operator: until then the old ones serve.

A difference is explained when the table that serves is empty although events have been taken in, as it is after a
backup that leaves out names was restored. Anything else may be a fault of the code that made the tables, then or now.
And nothing is put in place, accepted or not, that would lack events which have arrived: `LogIncomplete`.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from shared.bus import tables
from shared.bus.port import Bus
from shared.database import is_lost_race
from shared.rebuild.beside import Beside, beside
from shared.rebuild.compare import Pair, RowDifference
from shared.rebuild.log import AT_ONCE, Log
from shared.rebuild.replay import Replay
from shared.service import Service

_EXAMPLES = 20
_ROUNDS = 20
_ATTEMPTS = 5

Progress = Callable[[int, int], None]
"""Called with how many events were shown, and how many there are."""


@dataclass(slots=True)
class TableDifference:
    """How a table that serves differs from what the events give: how many rows, and the first of them."""

    table: str
    explained: bool = False
    counts: Counter[str] = field(default_factory=Counter)
    examples: list[RowDifference] = field(default_factory=list)

    def add(self, row: RowDifference) -> None:
        """Count one more row."""
        self.counts[row.kind] += 1
        if len(self.examples) < _EXAMPLES:
            self.examples.append(row)

    def __str__(self) -> str:
        rows = [
            f"{self.table}: {self.counts['extra']:,} rows that no event gives, {self.counts['missing']:,} rows missing,"
            f" {self.counts['changed']:,} rows that differ",
            *(f"  {row}" for row in self.examples),
        ]
        more = self.counts.total() - len(self.examples)
        return "\n".join(rows if not more else [*rows, f"  and {more:,} more"])


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild has read and found, and whether the new tables were put in place of the old."""

    own: int
    learnt: int
    differences: tuple[TableDifference, ...]
    switched: bool


def rebuild(
    service: Service, bus: Bus, *, accept_difference: bool = False, progress: Progress = lambda _done, _total: None
) -> Rebuilt:
    """Make the read tables of a service again, compare, and put them in place as far as that is right.

    With `accept_difference` they are put in place whatever the difference: that is for an operator to say who has
    seen it.
    """
    with made_again(service, bus, progress) as new:
        with new.compared() as connection:
            found = new.summed_up(connection)
        switched = bool(found) and (accept_difference or all(each.explained for each in found))
        if switched:
            new.put_in_place()
        return Rebuilt(new.own, new.learnt, found, switched)


@contextmanager
def made_again(service: Service, bus: Bus, progress: Progress = lambda _done, _total: None) -> Iterator["MadeAgain"]:
    """The read tables of a service, made again beside those that serve; they are gone after the block."""
    with (
        beside(service.database, service.read_tables.all()) as place,
        Log(bus, service.reads if service.read_tables.learnt else ()) as log,
    ):
        new = MadeAgain(service, place, Replay(service, log))
        new.make(progress)
        yield new


class MadeAgain:
    """The new tables of a service beside its old ones."""

    def __init__(self, service: Service, place: Beside, replay: Replay) -> None:
        self._service, self._place, self._replay = service, place, replay
        self._pairs = [Pair(table, place) for table in service.read_tables.all()]

    @property
    def own(self) -> int:
        """How many of the service's own events were shown."""
        return self._replay.own

    @property
    def learnt(self) -> int:
        """How many events of others were shown."""
        return self._replay.learnt

    def make(self, progress: Progress) -> None:
        """Show all events there are, and then those that came meanwhile, until few come."""
        with self._place.write() as connection:
            total = self._replay.total(connection)
        for _ in range(_ROUNDS):
            if self._replay.catch_up(self._place.write, lambda done: progress(done, max(done, total))) < AT_ONCE:
                break
        self._replay.check_complete(self._place.write)
        with self._place.write() as connection:
            for pair in self._pairs:
                pair.prepare(connection)

    @contextmanager
    def compared(self) -> Iterator[Connection]:
        """A picture in which old and new tables tell of the same events; writers wait until it is taken."""
        with ExitStack() as stack:
            with self._service.database.write() as held:
                self._keep_writers_out(held)
                self._replay.catch_up(self._place.write)
                self._replay.check_complete(self._place.write)
                connection = stack.enter_context(self._place.picture())
            yield connection

    def differences(self, connection: Connection) -> Iterator[RowDifference]:
        """Every row of the old tables that is not as the new ones say."""
        for pair in self._pairs:
            yield from pair.differences(connection)

    def summed_up(self, connection: Connection) -> tuple[TableDifference, ...]:
        """The tables that differ, and whether that is explained."""
        found = []
        for pair in self._pairs:
            difference = TableDifference(pair.name)
            for row in pair.differences(connection):
                difference.add(row)
            if difference.examples:
                difference.explained = pair.is_empty(connection)
                found.append(difference)
        return tuple(found)

    def put_in_place(self) -> None:
        """Write what differs into the old tables, in one transaction that first catches up with what came since."""
        with self._place.switching() as connection:
            if connection.dialect.name == "postgresql":
                self._lock(connection)
            self._replay.catch_up(lambda: nullcontext(connection))
            self._replay.check_complete(lambda: nullcontext(connection))
            for pair in self._pairs:
                pair.put_in_place(connection)
            self._service.read_tables.replaced(connection)

    def _lock(self, connection: Connection) -> None:
        """Keep everybody from writing the old tables; they are still read.

        A command that holds one table and waits for another may stand in the way: then PostgreSQL gives one of the
        two up, the command runs again, and so does this.
        """
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with connection.begin_nested():
                    for pair in self._pairs:
                        pair.lock(connection)
                    self._keep_writers_out(connection)
                return
            except DBAPIError as error:
                if attempt == _ATTEMPTS or not is_lost_race(error):
                    raise

    def _keep_writers_out(self, connection: Connection) -> None:
        """Nobody takes anything in, retries what is parked or appends until this transaction ends.

        The order is the one in which the intake itself takes these locks.
        """
        if connection.dialect.name == "postgresql":
            for table in (tables.log_offset, tables.parked):
                connection.execute(text(f"LOCK TABLE {table.name} IN EXCLUSIVE MODE"))
        self._service.store.hold_appends(connection)
