"""Static files: ours, Bootstrap's from its installed package, and the service's own; cached for good by content."""

import hashlib
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from flask import Blueprint, Flask, Response, current_app, request, send_from_directory
from werkzeug.exceptions import NotFound

from shared.auth.identity import public

_OURS = Path(__file__).parent / "static"
_FOREVER = "public, max-age=31536000, immutable"


def init_app(app: Flask, prefix: str) -> None:
    """Serve `/assets/...` and `/<service>/assets/...`; templates get `asset("theme.css")`."""
    bp = Blueprint("assets", __name__)
    bp.add_url_rule("/assets/<path:name>", "shared", public(_shared))
    if prefix:
        bp.add_url_rule(f"{prefix}/assets/<path:name>", "own", public(_own))
    app.register_blueprint(bp)
    own = Path(app.root_path) / "static"

    def asset(name: str) -> str:
        """Return the address of a static file, ours or the service's, with the digest of its content."""
        if (own / name).is_file():
            return f"{prefix}/assets/{name}?v={_digest(own / name)}"
        return f"/assets/{name}?v={_digest(_folder_of(name) / name)}"

    app.jinja_env.globals["asset"] = asset


@lru_cache
def _bootstrap() -> Path:
    spec = find_spec("flask_bootstrap")
    assert spec is not None
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0]) / "static" / "bootstrap5" / "css"


def _folder_of(name: str) -> Path:
    return _bootstrap() if name.startswith("bootstrap") else _OURS


@lru_cache
def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def _shared(name: str) -> Response:
    """A static file of the shell, or one of Bootstrap's."""
    return _send(_folder_of(name), name)


def _own(name: str) -> Response:
    """A static file of this service."""
    return _send(Path(current_app.root_path) / "static", name)


def _send(folder: Path, name: str) -> Response:
    if not (folder / name).is_file():
        raise NotFound
    response = send_from_directory(folder, name)
    known = request.args.get("v") == _digest(folder / name)
    # Modules import each other without a digest: those are asked for again, and answered 304.
    response.headers["Cache-Control"] = _FOREVER if known else "no-cache"
    return response
