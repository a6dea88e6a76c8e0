"""What stands at the root for phones: the service worker, the list of what waits, and the key that seals it."""

from base64 import b64encode
from pathlib import Path

from flask import Blueprint, Response, jsonify, render_template, send_from_directory

import shared.web
from shared.auth.identity import identity, public, requires
from shared.auth.roles import RECORDERS
from shared.web.phone import phone_key

bp = Blueprint("phone", __name__)

_STATIC = Path(shared.web.__file__).parent / "static"


@bp.get("/worker.js")
@public
def worker() -> Response:
    """The service worker, at the root because it looks after what lies below its own address only."""
    response = send_from_directory(_STATIC, "worker.js", mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


@bp.get("/on-this-phone")
@requires(*RECORDERS)
def on_this_phone() -> str:
    """What waits on this phone, and the forms that open without a connection."""
    return render_template("on-this-phone.html")


@bp.get("/on-this-phone/key")
@requires(*RECORDERS)
def key() -> Response:
    """The key under which a phone keeps what belongs to this account; the phone forgets it at sign-out."""
    account_id = identity().account_id
    return jsonify(account=account_id, key=b64encode(phone_key(account_id)).decode())
