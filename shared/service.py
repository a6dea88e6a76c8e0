"""What one service holds while it runs; made once by its composition root, handed to every request."""

from dataclasses import dataclass

from shared.auth.accounts import Accounts
from shared.bus.intake import Intake
from shared.clock import Clock
from shared.database import Database
from shared.eventstore.store import EventStore
from shared.privacy.vault import Vault
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
