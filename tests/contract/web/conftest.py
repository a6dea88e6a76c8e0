"""A small real service behind the real edge: a diary of entries, with one page, one form and an API."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from flask import Blueprint, Flask, render_template_string, request
from flask_smorest import Blueprint as ApiBlueprint
from marshmallow import Schema, ValidationError, fields, validate
from sqlalchemy import MetaData

from shared.auth import api as auth_api
from shared.auth import web as auth_web
from shared.auth.accounts import Accounts
from shared.auth.database import open_accounts
from shared.auth.identity import identity, public, requires
from shared.auth.roles import LEADERS, RECORDERS
from shared.bus.embedded import EmbeddedBus
from shared.bus.intake import Intake
from shared.bus.tables import bus_tables
from shared.clock import DemoClock
from shared.database import Database
from shared.errors import CaseledgerError, FieldError, Invalid, NotFound, RuleBroken, Unavailable
from shared.events import event
from shared.eventstore import EventRegistry, EventStore, Outcome, Work, event_tables
from shared.ids import new_id
from shared.privacy.keys import MasterKeys
from shared.privacy.vault import Vault
from shared.service import Service
from shared.testing.people import create_people
from shared.testing.settings import settings_in
from shared.web.app import build_app
from shared.web.requests import answer, command_meta, expected_version, is_dry_run, see_other, service


@event("EntryWritten")
class EntryWritten:
    entry_id: str
    title: str


class LineSchema(Schema):
    minutes = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=1440))


class EntrySchema(Schema):
    title = fields.String(required=True, validate=validate.Length(min=1, max=20))
    on = fields.Date()
    mood = fields.String(validate=validate.OneOf(["calm", "busy"]))
    lines = fields.List(fields.Nested(LineSchema))


pages = Blueprint("diary", __name__, url_prefix="/diary")
api = ApiBlueprint("diary_api", __name__, url_prefix="/entries")

PAGE = """{% extends "shell.html" %}{% import "components.html" as ui %}
{% block content %}{{ ui.error_summary(error) }}{% call ui.form("/case/diary", version=3) %}
{{ ui.field("title", "Title", request.form.title, error=error) }}{{ ui.actions("Save") }}{% endcall %}{% endblock %}"""


def write(title: str) -> Outcome:
    entry_id = new_id("entry")

    def body(work: Work) -> None:
        work.append(entry_id, [EntryWritten(entry_id=entry_id, title=title)], 0)

    return service().store.run(command_meta(), body, dry_run=is_dry_run())


@pages.get("")
@requires(*RECORDERS)
def show() -> str:
    return render_template_string(PAGE, error=None)


@pages.post("")
@requires(*RECORDERS)
def save() -> Any:
    try:
        if not request.form.get("title"):
            raise Invalid("required", "Please fill this in.", field="title")
        outcome = write(request.form["title"])
    except CaseledgerError as error:
        return render_template_string(PAGE, error=error), error.status
    return see_other("/case/diary", outcome)


@pages.post("/away")
@requires(*RECORDERS)
def away() -> str:
    raise Unavailable("database_away", "The database does not answer. Nothing was saved; please try again.")


@pages.get("/lost")
@public
def lost() -> str:
    raise NotFound("entry_not_found", "There is no such entry.")


@pages.get("/broken")
@public
def broken() -> str:
    raise RuntimeError("陳大文 did this")


@api.post("")
@requires(*RECORDERS)
@api.arguments(EntrySchema)
def create(body: dict[str, Any]) -> Any:
    outcome = write(body["title"])
    return answer(outcome, {"entry_id": outcome.stream_id, "by": identity().account_id})


@api.put("/<entry_id>")
@requires(*RECORDERS)
@api.arguments(EntrySchema)
def change(body: dict[str, Any], entry_id: str) -> Any:
    return {"entry_id": entry_id, "version": expected_version(), "title": body["title"]}


@api.get("/<entry_id>")
@requires(*LEADERS)
def read(entry_id: str) -> Any:
    problems = {
        "missing": NotFound("entry_not_found", "There is no such entry."),
        "closed": RuleBroken("case_closed", "This case is closed. Reopen it first.", field="case_id"),
        "two": Invalid.of(
            [
                FieldError("lines.0.minutes", "too_small", "This must be at least %(least)s.", {"least": 0}),
                FieldError("on", "not_a_date", "Give a date here, such as 2021-05-28."),
            ]
        ),
        "schema": ValidationError({"lines": {1: {"minutes": ["Not a valid integer."]}}}),
    }
    raise problems[entry_id]


@pytest.fixture
def accounts(tmp_path: Path) -> Iterator[Accounts]:
    accounts = open_accounts(settings_in(tmp_path))
    yield accounts
    accounts.close()


@pytest.fixture(scope="session")
def peopled_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `auth` database with all test people, made once: hashing passwords is meant to take time."""
    data = tmp_path_factory.mktemp("people")
    accounts = open_accounts(settings_in(data))
    create_people(accounts)
    accounts.close()
    return data / "auth.db"


@pytest.fixture
def people(accounts: Accounts, peopled_database: Path, tmp_path: Path) -> Accounts:
    with closing(sqlite3.connect(peopled_database)) as source, closing(sqlite3.connect(tmp_path / "auth.db")) as target:
        source.backup(target)
    return accounts


@pytest.fixture
def diary(tmp_path: Path, accounts: Accounts) -> Iterator[Service]:
    settings, clock = settings_in(tmp_path, demo=True), DemoClock(tmp_path)
    database, bus = Database(settings.database_url("case")), EmbeddedBus(tmp_path / "bus.db")
    metadata = MetaData()
    event_tables(metadata)
    bus_tables(metadata)
    metadata.create_all(database.engine)
    vault = Vault(MasterKeys(settings.master_keys), clock)
    yield Service(
        name="case",
        settings=settings,
        clock=clock,
        database=database,
        store=EventStore(
            database, EventRegistry("case", [EntryWritten]), vault, clock, lambda _connection, _events: None
        ),
        vault=vault,
        accounts=accounts,
        intake=Intake("case", database, bus, ["caseledger.groups.events"], lambda _connection, _events: None),
    )
    bus.close()
    database.dispose()


@pytest.fixture
def app(diary: Service) -> Flask:
    return build_app(
        diary,
        "shared",
        blueprints=[pages],
        api_blueprints=[api],
        root_blueprints=[auth_web.bp],
        root_api_blueprints=[auth_api.bp],
    )
