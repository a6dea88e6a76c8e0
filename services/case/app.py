"""The composition root of the case service."""

from collections.abc import Sequence

from flask import Blueprint, Flask
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from services.case import pages
from services.case.assessments import api as assessments_api
from services.case.assessments import events as assessment_events
from services.case.assessments import projections as assessment_projections
from services.case.assessments import web as assessments_web
from services.case.cases import api as cases_api
from services.case.cases import events as case_events
from services.case.cases import projections as case_projections
from services.case.cases import web as cases_web
from services.case.notes import api as notes_api
from services.case.notes import events as note_events
from services.case.notes import projections as note_projections
from services.case.notes import web as notes_web
from services.case.people import api as people_api
from services.case.people import events as person_events
from services.case.people import inbox as erasure_inbox
from services.case.people import projections as person_projections
from services.case.people import web as people_web
from services.case.sessions import api as sessions_api
from services.case.sessions import projections as session_projections
from services.case.sessions import web as sessions_web
from services.case.timeline import api as timeline_api
from services.case.timeline import inbox as timeline_inbox
from shared.auth.accounts import Accounts
from shared.auth.identity import requires
from shared.auth.roles import RECORDERS
from shared.bus.envelope import Arrived
from shared.bus.intake import Intake
from shared.bus.port import Bus, events_topic
from shared.clock import Clock
from shared.database import Database
from shared.eventstore import EventRegistry, EventStore, Pending
from shared.migrate import upgrade
from shared.privacy import MasterKeys, Vault
from shared.service import Service
from shared.serviceunit import events as unit_events
from shared.serviceunit.learnt.inbox import learn_contracts
from shared.settings import Settings
from shared.web.app import build_app
from shared.web.requests import see_other

NAME = "case"
READS = ("groups", "outreach", "reporting")
EVENTS = (
    *person_events.EVENTS,
    *case_events.EVENTS,
    *unit_events.EVENTS,
    *assessment_events.EVENTS,
    *note_events.EVENTS,
)
PROJECTIONS = (
    person_projections.project,
    case_projections.project,
    session_projections.project,
    assessment_projections.project,
    note_projections.project,
)


bp = Blueprint("case", __name__)


def create_service(settings: Settings, *, clock: Clock, accounts: Accounts, bus: Bus) -> Service:
    """Open the service's database and put its parts together."""
    url = settings.database_url(NAME)
    upgrade("services.case", url)
    database = Database(url)
    vault = Vault(MasterKeys(settings.master_keys), clock)
    with database.write() as connection:
        vault.check_master_key(connection)
    store = EventStore(database, EventRegistry(NAME, EVENTS), vault, clock, project)
    learners = (learn_contracts, erasure_inbox.learner(store), timeline_inbox.learn)

    def learn(connection: Connection, events: Sequence[Arrived]) -> None:
        for learner in learners:
            learner(connection, events)

    intake = Intake(NAME, database, bus, [events_topic(service) for service in READS], learn)
    return Service(
        name=NAME,
        settings=settings,
        clock=clock,
        database=database,
        store=store,
        vault=vault,
        accounts=accounts,
        intake=intake,
    )


def create_app(service: Service) -> Flask:
    """Make the web application: the pages and the JSON API."""
    app = build_app(
        service,
        "services.case",
        blueprints=[bp, people_web.bp, cases_web.bp, sessions_web.bp, assessments_web.bp, notes_web.bp],
        api_blueprints=[
            people_api.bp,
            cases_api.bp,
            sessions_api.bp,
            assessments_api.bp,
            timeline_api.bp,
            notes_api.bp,
        ],
    )
    pages.init_app(app)
    return app


@bp.get("/")
@requires(*RECORDERS)
def home() -> Response:
    """Lead to the caseload."""
    return see_other("/case/cases")


def project(connection: Connection, pending: Sequence[Pending]) -> None:
    """Write all read tables of this service."""
    for one in PROJECTIONS:
        one(connection, pending)
