"""The app factory of all four services: `build_app` puts a service's blueprints behind one and the same edge."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

from shared.service import Service
from shared.web import (
    access,
    assets,
    bodies,
    display,
    head,
    headers,
    health,
    language,
    phone,
    positions,
    problems,
    recent,
    requestlog,
    shell,
)
from shared.web.openapi import ServiceApi

LARGEST_BODY = 1_000_000


class PagesOnly(SecureCookieSessionInterface):
    """The short note that a page hands to the next one; a program is handed none, and nothing is made ready for it."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        return None if bodies.is_api() else super().open_session(app, request)


class ServiceApp(Flask):
    """A Flask app whose faults are logged without what a person typed."""

    request_class = bodies.InMemory
    session_interface = PagesOnly()

    def log_exception(self, exc_info: Any) -> None:
        """Log the kind and the place only: the text of an exception may quote a name or a note."""
        requestlog.log_failure(exc_info[1])


def build_app(
    service: Service,
    import_name: str,
    *,
    blueprints: Sequence[Blueprint] = (),
    api_blueprints: Sequence[Blueprint] = (),
    root_blueprints: Sequence[Blueprint] = (),
    root_api_blueprints: Sequence[Blueprint] = (),
    url_prefix: str | None = None,
) -> Flask:
    """Make the app of one service.

    `import_name` is the service's package, whose `templates`, `static` and `translations` folders are used. Pages go
    to `/<service>/...`, APIs to `/<service>/api/v1/...`; the root ones, of the service that owns `/`, go to `/...` and
    `/api/v1/...`. Raises RuntimeError when a view does not say who may call it.
    """
    prefix = f"/{service.name}" if url_prefix is None else url_prefix
    app = ServiceApp(import_name, static_folder=None)
    app.extensions["caseledger"] = service
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_BODY, MAX_FORM_MEMORY_SIZE=LARGEST_BODY)
    app.config.update(
        SECRET_KEY=service.settings.hash_key,  # signs the one short note that a page hands to the next one
        SESSION_COOKIE_NAME="note",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=service.settings.public_url.startswith("https:"),
    )
    app.url_map.strict_slashes = False
    app.json.sort_keys = False  # type: ignore[attr-defined]
    # In this order a request passes them.
    requestlog.init_app(app)
    access.init_app(app)
    language.init_app(app, prefix)
    bodies.init_app(app)
    phone.init_app(app)
    positions.init_app(app)
    headers.init_app(app)
    problems.init_app(app)
    assets.init_app(app, prefix)
    shell.init_app(app, prefix)
    display.init_app(app, prefix)
    recent.init_app(app)
    health.init_app(app, prefix)
    for blueprint in (*root_blueprints, *blueprints):
        _register(app, blueprint, "" if blueprint in root_blueprints else prefix)
    api = ServiceApi(app, prefix)
    for blueprint in (*root_api_blueprints, *api_blueprints, head.bp):
        _register(api, blueprint, "/api/v1" if blueprint in root_api_blueprints else f"{prefix}/api/v1")
    access.check_every_view(app)
    return app


def _register(target: Any, blueprint: Blueprint, prefix: str) -> None:
    target.register_blueprint(blueprint, url_prefix=f"{prefix}{blueprint.url_prefix or ''}" or None)
