"""The composition root of the outreach service."""

from collections.abc import Sequence

from flask import Flask
from sqlalchemy import Connection

from services.outreach import imports
from services.outreach.cases import inbox as cases_inbox
from services.outreach.contacts import api as contacts_api
from services.outreach.contacts import projections as contacts_projections
from services.outreach.contacts import web as contacts_web
from services.outreach.contacts.events import EVENTS as CONTACT_EVENTS
from services.outreach.erasures import api as erasures_api
from services.outreach.erasures import inbox as erasures_inbox
from services.outreach.erasures import projections as erasures_projections
from services.outreach.erasures import web as erasures_web
from services.outreach.erasures.events import EVENTS as ERASURE_EVENTS
from services.outreach.places import api as places_api
from services.outreach.places import projections as places_projections
from services.outreach.places import web as places_web
from services.outreach.places.events import EVENTS as PLACE_EVENTS
from services.outreach.tables import LEARNT, PROJECTED
from services.outreach.today import api as today_api
from services.outreach.visits import api as visits_api
from services.outreach.visits import projections as visits_projections
from services.outreach.visits import web as visits_web
from shared.auth.accounts import Accounts
from shared.bus.envelope import Arrived
from shared.bus.intake import Learn
from shared.bus.port import Bus
from shared.clock import Clock
from shared.eventstore import EventStore, Pending
from shared.eventstore.store import Projector
from shared.privacy.vault import Vault
from shared.service import ReadTables, Service, open_service
from shared.serviceunit.events import EVENTS as UNIT_EVENTS
from shared.serviceunit.learnt.inbox import learn_contracts, learn_people
from shared.serviceunit.reading import tables as reading_tables
from shared.settings import Settings
from shared.web.app import build_app

NAME = "outreach"
READS = ("case", "reporting")
EVENTS = (*UNIT_EVENTS, *CONTACT_EVENTS, *PLACE_EVENTS, *ERASURE_EVENTS)


def create_service(settings: Settings, *, clock: Clock, accounts: Accounts, bus: Bus) -> Service:
    """Open the database of this service and put its parts together."""
    return open_service(
        NAME,
        "services.outreach",
        settings,
        clock=clock,
        accounts=accounts,
        bus=bus,
        events=EVENTS,
        projector=projector,
        reads=READS,
        learner=learner,
        read_tables=ReadTables(projected=PROJECTED, learnt=LEARNT, learn=learn),
    )


def create_app(service: Service) -> Flask:
    """The web application of the outreach service."""
    return build_app(
        service,
        "services.outreach",
        blueprints=[visits_web.bp, contacts_web.bp, places_web.bp, erasures_web.bp, imports.pages],
        api_blueprints=[
            visits_api.bp,
            contacts_api.bp,
            places_api.bp,
            erasures_api.bp,
            today_api.bp,
            today_api.plans,
            visits_api.readings,
            imports.api,
        ],
    )


def projector(vault: Vault) -> Projector:
    """Write the read tables; each aggregate passes over the events of the others."""

    def project(connection: Connection, events: Sequence[Pending]) -> None:
        reading_tables.project(connection, events)
        for pending in events:
            visits_projections.project(connection, pending)
            contacts_projections.project(connection, pending, vault)
            places_projections.project(connection, pending, vault)
            erasures_projections.project(connection, pending)

    return project


def learn(connection: Connection, events: Sequence[Arrived]) -> None:
    """Keep what case and reporting say."""
    learn_people(connection, events)
    cases_inbox.learn(connection, events)
    learn_contracts(connection, events)


def learner(store: EventStore, vault: Vault) -> Learn:
    """Take in what case and reporting say. Erasures come last: appending to the store ends a transaction."""

    def take_in(connection: Connection, events: Sequence[Arrived]) -> None:
        learn(connection, events)
        erasures_inbox.answer(connection, events, store, vault)

    return take_in
