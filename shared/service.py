"""What one service holds while it runs; made once by its composition root, handed to every request."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from shared.auth.accounts import Accounts
from shared.bus.intake import Intake, Learn
from shared.bus.port import Bus, events_topic
from shared.clock import Clock
from shared.database import Database
from shared.eventstore import EventRegistry, EventStore
from shared.eventstore.store import Projector
from shared.migrate import upgrade
from shared.privacy import MasterKeys, Vault
from shared.settings import Settings


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
    reads: Iterable[str],
    learner: Callable[[EventStore, Vault], Learn],
) -> Service:
    """Open the database of a service, brought up to date, and put its parts together.

    `package` has its migrations; `events` are those it stores, which `projector` brings into its read tables; of the
    services in `reads` it takes in what `learner` says.
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
    )
