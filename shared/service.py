"""What one service holds while it runs; made once by its composition root, handed to every request."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, Table

from shared.auth.accounts import Accounts
from shared.bus.intake import Intake, Learn
from shared.bus.port import Bus, events_topic
from shared.clock import Clock
from shared.database import Database
from shared.eventstore import EventRegistry, EventStore
from shared.eventstore.store import Projector
from shared.migrate import upgrade
from shared.privacy.keys import MasterKeys
from shared.privacy.vault import Vault
from shared.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadTables:
    """The tables that follow from events alone, so that they can be made again.

    The store's projector writes those that are `projected` from the service's own events, and no other. `learn` writes
    those that are `learnt` from the events of others, and no other: it appends nothing and answers nobody. `replaced`
    is called in the transaction in which new tables take the place of the old.
    """

    projected: tuple[Table, ...] = ()
    learnt: tuple[Table, ...] = ()
    learn: Learn = lambda _connection, _events: None
    replaced: Callable[[Connection], None] = lambda _connection: None

    def all(self) -> tuple[Table, ...]:
        return (*self.projected, *self.learnt)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """The parts of one service: its name, its database and event store, the accounts, and what it has taken in."""

    name: str
    settings: Settings
    clock: Clock
    database: Database
    store: EventStore
    vault: Vault
    accounts: Accounts
    intake: Intake
    reads: tuple[str, ...] = ()
    read_tables: ReadTables = ReadTables()


def open_service(
    name: str,
    package: str,
    settings: Settings,
    *,
    clock: Clock,
    accounts: Accounts,
    bus: Bus,
    events: Iterable[type],
    projector: Callable[[Vault], Projector],
    reads: tuple[str, ...],
    learner: Callable[[EventStore, Vault], Learn],
    read_tables: ReadTables,
) -> Service:
    """Open the database of a service, brought up to date, and put its parts together.

    `package` has its migrations; `events` are those it stores, which `projector` brings into its read tables; of the
    services in `reads` it takes in what `learner` says. `read_tables` are those of its tables that can be made again.
    """
    url = settings.database_url(name)
    upgrade(package, url)
    database, vault = Database(url), Vault(MasterKeys(settings.master_keys), clock)
    with database.write() as connection:
        vault.check_master_key(connection)
    store = EventStore(database, EventRegistry(name, events), vault, clock, projector(vault))
    return Service(
        name=name,
        settings=settings,
        clock=clock,
        database=database,
        store=store,
        vault=vault,
        accounts=accounts,
        intake=Intake(name, database, bus, [events_topic(source) for source in reads], learner(store, vault)),
        reads=reads,
        read_tables=read_tables,
    )
