"""The composition root of the groups service."""

from collections.abc import Sequence

from flask import Flask
from sqlalchemy import Connection

from services.groups import imports
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
from services.groups.tables import LEARNT, PROJECTED
from services.groups.today import api as today_api
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

NAME = "groups"
READS = ("case", "reporting")
EVENTS = (*GROUP_EVENTS, *UNIT_EVENTS, *PRACTITIONER_EVENTS, *ERASURE_EVENTS)


def create_service(settings: Settings, *, clock: Clock, accounts: Accounts, bus: Bus) -> Service:
    """Open the database of this service and put its parts together."""
    return open_service(
        NAME,
        "services.groups",
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
    """The web application of the groups service."""
    return build_app(
        service,
        "services.groups",
        blueprints=[groups_web.bp, meetings_web.bp, practitioners_web.bp, erasures_web.bp, imports.pages],
        api_blueprints=[
            groups_api.bp,
            meetings_api.bp,
            practitioners_api.bp,
            erasures_api.bp,
            today_api.bp,
            today_api.plans,
            meetings_api.readings,
            imports.api,
        ],
    )


def projector(vault: Vault) -> Projector:
    """Write the read tables; each aggregate passes over the events of the others."""

    def project(connection: Connection, events: Sequence[Pending]) -> None:
        reading_tables.project(connection, events)
        for pending in events:
            groups_projections.project(connection, pending)
            meetings_projections.project(connection, pending)
            practitioners_projections.project(connection, pending, vault)
            erasures_projections.project(connection, pending)

    return project


def learn(connection: Connection, events: Sequence[Arrived]) -> None:
    """Keep what case and reporting say."""
    learn_people(connection, events)
    learn_contracts(connection, events)


def learner(store: EventStore, vault: Vault) -> Learn:
    """Take in what case and reporting say. Erasures come last: appending to the store ends a transaction."""

    def take_in(connection: Connection, events: Sequence[Arrived]) -> None:
        learn(connection, events)
        erasures_inbox.answer(connection, events, store, vault)

    return take_in
