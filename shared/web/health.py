"""Whether the process lives, and whether it can serve: for proxies, containers and `make run`."""

from importlib.metadata import version

from flask import Blueprint, Flask
from sqlalchemy import text

from shared.auth.identity import public
from shared.web.requests import service

bp = Blueprint("health", __name__)


def init_app(app: Flask, prefix: str) -> None:
    """Answer `/<service>/livez`, `/readyz` and `/version`."""
    app.register_blueprint(bp, url_prefix=prefix or None)


@bp.get("/livez")
@public
def livez() -> dict[str, str]:
    """Answer while the process lives."""
    return {"status": "ok"}


@bp.get("/readyz")
@public
def readyz() -> tuple[dict[str, str], int]:
    """Answer 200 when the databases answer."""
    try:
        with service().database.read() as connection:
            connection.execute(text("SELECT 1"))
        service().accounts.is_empty()
    except Exception:  # Whatever the reason, it is not ready.
        return {"status": "not ready"}, 503
    return {"status": "ok"}, 200


@bp.get("/version")
@public
def running_version() -> dict[str, str]:
    """Say which version runs."""
    return {"service": service().name, "version": version("caseledger")}
