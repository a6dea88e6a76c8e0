"""The composition root of the groups service."""

from collections.abc import Callable, Sequence

from flask import Flask
from sqlalchemy import Connection

from services.groups.erasures import api as erasures_api
from services.groups.erasures import inbox as erasures_inbox
from services.groups.erasures import projections as erasures_projections
from services.groups.erasures import web as erasures_web
from services.groups.erasures.events import EVENTS as ERASURE_EVENTS
from services.groups.groups import api as groups_api
from services.groups.groups import projections as groups_projections
from services.groups.groups import web as groups_web
from services.groups.groups.events import EVENTS as GROUP_EVENTS
from services.groups.meetings import api as meetings_api
from services.groups.meetings import projections as meetings_projections
from services.groups.meetings import web as meetings_web
from services.groups.practitioners import api as practitioners_api
from services.groups.practitioners import projections as practitioners_projections
from services.groups.practitioners import web as practitioners_web
from services.groups.practitioners.events import EVENTS as PRACTITIONER_EVENTS
from shared.auth.accounts import Accounts
from shared.bus.envelope import Arrived
from shared.bus.intake import Intake, Learn
from shared.bus.port import Bus, events_topic
from shared.clock import Clock
from shared.database import Database
from shared.eventstore import EventRegistry, EventStore, Pending
from shared.migrate import upgrade
from shared.privacy import MasterKeys, Vault
from shared.service import Service
from shared.serviceunit.events import EVENTS as UNIT_EVENTS
from shared.serviceunit.learnt.inbox import learn_contracts, learn_people
from shared.settings import Settings
from shared.web.app import build_app

NAME = "groups"
EVENTS = (*GROUP_EVENTS, *UNIT_EVENTS, *PRACTITIONER_EVENTS, *ERASURE_EVENTS)


def create_service(settings: Settings, *, clock: Clock, accounts: Accounts, bus: Bus) -> Service:
    """Open the database of the groups service and put its parts together."""
    url = settings.database_url(NAME)
    upgrade("services.groups", url)
    database, vault = Database(url), Vault(MasterKeys(settings.master_keys), clock)
    with database.write() as connection:
        vault.check_master_key(connection)
    store = EventStore(database, EventRegistry(NAME, EVENTS), vault, clock, projector(vault))
    topics = [events_topic("case"), events_topic("reporting")]
    return Service(
        name=NAME,
        settings=settings,
        clock=clock,
        database=database,
        store=store,
        vault=vault,
        accounts=accounts,
        intake=Intake(NAME, database, bus, topics, learner(store, vault)),
    )


def create_app(service: Service) -> Flask:
    """The web application of the groups service."""
    return build_app(
        service,
        "services.groups",
        blueprints=[groups_web.bp, meetings_web.bp, practitioners_web.bp, erasures_web.bp],
        api_blueprints=[groups_api.bp, meetings_api.bp, practitioners_api.bp, erasures_api.bp],
    )


def projector(vault: Vault) -> Callable[[Connection, Sequence[Pending]], None]:
    """Write the read tables; each aggregate passes over the events of the others."""

    def project(connection: Connection, events: Sequence[Pending]) -> None:
        for pending in events:
            groups_projections.project(connection, pending)
            meetings_projections.project(connection, pending)
            practitioners_projections.project(connection, pending, vault)
            erasures_projections.project(connection, pending)

    return project


def learner(store: EventStore, vault: Vault) -> Learn:
    """Take in what case and reporting say. Erasures come last: appending to the store ends a transaction."""

    def learn(connection: Connection, events: Sequence[Arrived]) -> None:
        learn_people(connection, events)
        learn_contracts(connection, events)
        erasures_inbox.answer(connection, events, store, vault)

    return learn
