"""The composition root of the case service."""

from collections.abc import Sequence

from flask import Blueprint, Flask
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from services.case import imports, pages
from services.case.assessments import api as assessments_api
from services.case.assessments import events as assessment_events
from services.case.assessments import projections as assessment_projections
from services.case.assessments import web as assessments_web
from services.case.assessments import web_tallies as tallies_web
from services.case.cases import api as cases_api
from services.case.cases import events as case_events
from services.case.cases import projections as case_projections
from services.case.cases import web as cases_web
from services.case.handover import api as handover_api
from services.case.handover import web as handover_web
from services.case.notes import api as notes_api
from services.case.notes import events as note_events
from services.case.notes import projections as note_projections
from services.case.notes import web as notes_web
from services.case.people import api as people_api
from services.case.people import events as person_events
from services.case.people import inbox as erasure_inbox
from services.case.people import projections as person_projections
from services.case.people import web as people_web
from services.case.search import web as search_web
from services.case.sessions import api as sessions_api
from services.case.sessions import projections as session_projections
from services.case.sessions import web as sessions_web
from services.case.tables import LEARNT, PROJECTED
from services.case.tasks import api as tasks_api
from services.case.tasks import events as task_events
from services.case.tasks import inbox as task_inbox
from services.case.tasks import projections as task_projections
from services.case.tasks import web as tasks_web
from services.case.timeline import api as timeline_api
from services.case.timeline import inbox as timeline_inbox
from services.case.today import api as today_api
from shared.auth.accounts import Accounts
from shared.auth.identity import requires
from shared.auth.roles import RECORDERS
from shared.bus.envelope import Arrived
from shared.bus.intake import Learn
from shared.bus.port import Bus
from shared.clock import Clock
from shared.eventstore import EventStore, Pending
from shared.service import ReadTables, Service, open_service
from shared.serviceunit import events as unit_events
from shared.serviceunit.learnt.inbox import learn_contracts
from shared.serviceunit.reading import tables as reading_tables
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
    *task_events.EVENTS,
)
PROJECTIONS = (
    person_projections.project,
    case_projections.project,
    session_projections.project,
    reading_tables.project,
    assessment_projections.project,
    task_projections.project,
    note_projections.project,
)

bp = Blueprint("case", __name__)


def create_service(settings: Settings, *, clock: Clock, accounts: Accounts, bus: Bus) -> Service:
    """Open the database of this service and put its parts together."""
    return open_service(
        NAME,
        "services.case",
        settings,
        clock=clock,
        accounts=accounts,
        bus=bus,
        events=EVENTS,
        projector=lambda _: project,
        reads=READS,
        learner=lambda store, _: learner(store),
        read_tables=ReadTables(projected=PROJECTED, learnt=LEARNT, learn=learn),
    )


def create_app(service: Service) -> Flask:
    """Make the web application: the pages and the JSON API."""
    app = build_app(
        service,
        "services.case",
        blueprints=[
            bp,
            people_web.bp,
            cases_web.bp,
            sessions_web.bp,
            assessments_web.bp,
            tallies_web.bp,
            notes_web.bp,
            search_web.bp,
            tasks_web.bp,
            handover_web.bp,
            imports.pages,
        ],
        api_blueprints=[
            people_api.bp,
            cases_api.bp,
            sessions_api.bp,
            assessments_api.bp,
            timeline_api.bp,
            notes_api.bp,
            today_api.bp,
            sessions_api.readings,
            tasks_api.bp,
            handover_api.bp,
            handover_api.plans,
            handover_api.moves,
            imports.api,
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


def learn(connection: Connection, events: Sequence[Arrived]) -> None:
    """Keep what the other services say."""
    learn_contracts(connection, events)
    timeline_inbox.learn(connection, events)
    erasure_inbox.learn(connection, events)


def learner(store: EventStore) -> Learn:
    """Take in what the other services say. What appends to the store comes last: it ends a transaction."""
    answer_erasures = erasure_inbox.learner(store)
    raise_tasks = task_inbox.learner(store)

    def take_in(connection: Connection, events: Sequence[Arrived]) -> None:
        learn_contracts(connection, events)
        timeline_inbox.learn(connection, events)
        answer_erasures(connection, events)
        raise_tasks(connection, events)

    return take_in
