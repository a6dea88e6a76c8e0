"""All four services in one process: on SQLite and the embedded bus the default way to run Caseledger."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from types import ModuleType
from typing import Any

from flask import Flask

from services.case import app as case
from services.cluster import bus_of, clock_of, make_topics
from services.groups import app as groups
from services.outreach import app as outreach
from services.reporting import app as reporting
from shared.auth.accounts import Accounts
from shared.auth.database import open_accounts
from shared.bus.port import Bus
from shared.relay.relay import Relay
from shared.relay.threads import Background
from shared.service import Service
from shared.settings import Settings

MODULES: tuple[ModuleType, ...] = (case, groups, outreach, reporting)

MakeApp = Callable[[ModuleType, Service], Flask]


def create_app(module: ModuleType, service: Service) -> Flask:
    """The app of a service, by its composition root."""
    app: Flask = module.create_app(service)
    return app


@dataclass(frozen=True)
class Suite:
    """The running parts: the services by name, their apps, the bus, and what moves events between them."""

    settings: Settings
    accounts: Accounts
    services: dict[str, Service]
    bus: Bus
    background: Background
    make_app: MakeApp

    @cached_property
    def apps(self) -> dict[str, Flask]:
        """The app of each service, made when first asked for: commands that only read do without."""
        return {module.NAME: self.make_app(module, self.services[module.NAME]) for module in MODULES}

    def app(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """The WSGI application: the first part of the path chooses the service, reporting owns the rest."""
        first = environ.get("PATH_INFO", "").lstrip("/").split("/", 1)[0]
        return self.apps.get(first, self.apps["reporting"])(environ, start_response)

    def settle(self, timeout: float = 30.0) -> None:
        """Wait until everything written so far was published and taken in by every service."""
        self.background.wait_until_settled(timeout)

    def close(self) -> None:
        """Finish what is in hand and let go of every file."""
        self.background.stop()
        self.bus.close()
        for service in self.services.values():
            service.database.dispose()
        self.accounts.close()


def build(settings: Settings, make_app: MakeApp = create_app) -> Suite:
    """Compose the suite; the caller starts `background` (after any fork) and closes the suite.

    An operator's commands open it on a cluster too, where `background` stays unused: its parts run elsewhere.
    """
    settings.data.mkdir(parents=True, exist_ok=True)
    clock, accounts = clock_of(settings), open_accounts(settings)
    bus = bus_of(settings)
    make_topics(bus, settings)
    services = {
        module.NAME: module.create_service(settings, clock=clock, accounts=accounts, bus=bus) for module in MODULES
    }
    relays = [Relay(service.name, service.store, bus) for service in services.values()]
    for service, relay in zip(services.values(), relays, strict=True):
        service.store.on_commit, service.store.only_when_compared = relay.wake, True
        if settings.kafka is None:
            relay.compare()
    background = Background(relays, [service.intake for service in services.values()])
    return Suite(settings, accounts, services, bus, background, make_app)
