"""The composition root of the reporting service, which also owns `/`: home, sign-in, accounts and the first run."""

from collections.abc import Sequence

from flask import Flask
from sqlalchemy import Connection, update

from services.reporting import components, pages, phone, tables
from services.reporting.audits import api as audits_api
from services.reporting.audits import events as audit_events
from services.reporting.audits import projections as audit_projections
from services.reporting.audits import web as audits_web
from services.reporting.breakdowns import api as breakdowns_api
from services.reporting.breakdowns import events as breakdown_events
from services.reporting.breakdowns import web as breakdowns_web
from services.reporting.builder import web as builder_web
from services.reporting.consolidated import api as consolidated_api
from services.reporting.consolidated import web as consolidated_web
from services.reporting.contracts import api as contracts_api
from services.reporting.contracts import events as contract_events
from services.reporting.contracts import projections as contract_projections
from services.reporting.contracts import web as contracts_web
from services.reporting.erasures import events as erasure_events
from services.reporting.erasures import inbox as erasure_inbox
from services.reporting.exports import api as exports_api
from services.reporting.exports import web as exports_web
from services.reporting.figures import api as figures_api
from services.reporting.figures import web as figures_web
from services.reporting.figures import web_compare, web_early, web_figure, web_moved, web_research
from services.reporting.help import web as help_web
from services.reporting.ledger import inbox as ledger_inbox
from services.reporting.ledger.cut import SOURCES
from services.reporting.quality import api as quality_api
from services.reporting.quality import web as quality_web
from services.reporting.returns import api as returns_api
from services.reporting.returns import web as returns_web
from services.reporting.signing import web as signing_web
from services.reporting.submissions import api as submissions_api
from services.reporting.submissions import events as submission_events
from services.reporting.submissions import projections as submission_projections
from services.reporting.submissions import web as submissions_web
from services.reporting.team import web as team_web
from services.reporting.today import web as today_web
from shared.auth import api as accounts_api
from shared.auth import feeds, kept_web
from shared.auth import web as accounts_web
from shared.auth.accounts import Accounts
from shared.bus.envelope import Arrived
from shared.bus.intake import Learn
from shared.bus.port import Bus
from shared.clock import Clock
from shared.eventstore import EventStore, Pending
from shared.service import ReadTables, Service, open_service
from shared.settings import Settings
from shared.web.app import build_app

NAME = "reporting"
EVENTS = (
    *contract_events.EVENTS,
    *breakdown_events.EVENTS,
    *submission_events.EVENTS,
    *audit_events.EVENTS,
    *erasure_events.EVENTS,
)


def create_service(settings: Settings, *, clock: Clock, accounts: Accounts, bus: Bus) -> Service:
    """Open the database of this service and put its parts together."""
    return open_service(
        NAME,
        "services.reporting",
        settings,
        clock=clock,
        accounts=accounts,
        bus=bus,
        events=EVENTS,
        projector=lambda _: project,
        reads=SOURCES,
        learner=lambda store, _: learner(store),
        read_tables=READ_TABLES,
    )


def create_app(service: Service) -> Flask:
    """Make the web application: the pages, the JSON API, and what stands at the root."""
    app = build_app(
        service,
        "services.reporting",
        blueprints=[
            builder_web.bp,
            breakdowns_web.bp,
            consolidated_web.bp,
            contracts_web.bp,
            figures_web.bp,
            web_compare.bp,
            web_early.bp,
            web_figure.bp,
            web_moved.bp,
            web_research.bp,
            exports_web.bp,
            quality_web.bp,
            audits_web.bp,
            submissions_web.bp,
            team_web.bp,
            returns_web.bp,
        ],
        api_blueprints=[
            breakdowns_api.bp,
            consolidated_api.bp,
            contracts_api.bp,
            figures_api.bp,
            exports_api.bp,
            submissions_api.bp,
            submissions_api.effects_bp,
            quality_api.bp,
            audits_api.bp,
            returns_api.bp,
        ],
        root_blueprints=[
            today_web.home,
            help_web.bp,
            signing_web.bp,
            accounts_web.bp,
            feeds.bp,
            kept_web.bp,
            phone.bp,
            components.bp,
        ],
        root_api_blueprints=[accounts_api.bp],
    )
    pages.init_app(app)
    return app


def project(connection: Connection, pending: Sequence[Pending]) -> None:
    """Write the read tables that follow from this service's own events."""
    contract_projections.project(connection, pending)
    submission_projections.project(connection, pending)
    audit_projections.project(connection, pending)


def _count_anew(connection: Connection) -> None:
    """Whatever figures were kept ready may rest on what was wrong."""
    connection.execute(update(tables.touched).values(times=tables.touched.c.times + 1))


def _fill(connection: Connection, events: Sequence[Arrived]) -> None:
    ledger_inbox.fill(connection, events)


READ_TABLES = ReadTables(
    projected=(tables.contract, tables.report_period, tables.drawn, tables.sent_report),
    learnt=tables.ledger.all(),
    learn=_fill,
    replaced=_count_anew,
)


def learner(store: EventStore) -> Learn:
    """Take in what the other services say. Erasures come last: they append, and hold the append lock from there on."""
    answer_erasures = erasure_inbox.learner(store)

    def learn(connection: Connection, events: Sequence[Arrived]) -> None:
        ledger_inbox.learn(connection, events)
        answer_erasures(connection, events)

    return learn
