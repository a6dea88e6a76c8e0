"""Pages and entries that a phone keeps for its person: which pages, whose, and under which key.

A page says so by a header; the service worker (`static/worker.js`) keeps it sealed. A form that is sent without a
connection waits on the phone under the key of the account that opened it, and goes out with the same idempotency key.
"""

import hmac
from hashlib import sha256
from urllib.parse import quote

from flask import Flask, Response, g, request
from markupsafe import Markup

from shared.auth.identity import optional_identity
from shared.errors import Forbidden
from shared.web.requests import service

KEPT = "X-Caseledger-Kept"
"""On a page that a phone keeps: the account it is for, and after a space a label without a name (percent-encoded)."""


def init_app(app: Flask) -> None:
    """Give the templates `keep_on_phone`, tell the browser of every page that asked for it, and look at who sends."""
    app.jinja_env.globals.update(keep_on_phone=keep_on_phone, own_account_id=_own_account_id)
    app.before_request(_refuse_other_author)
    app.after_request(_tell)


def _own_account_id() -> str:
    who = optional_identity()
    return who.account_id if who is not None else ""


def _refuse_other_author() -> None:
    """Phones are shared: what one person typed is not saved as the entry of another who has signed in since."""
    who, author = optional_identity(), request.form.get("author")
    if author and who is not None and author != who.account_id:
        raise Forbidden("other_author", "Somebody else has signed in since this form was opened. Nothing was saved.")


def keep_on_phone(label: str) -> Markup:
    """Have this page kept by the phone of the signed-in person, under a label without a name; prints nothing."""
    g.kept_on_phone = label
    return Markup("")


def _tell(response: Response) -> Response:
    who = optional_identity()
    if who is not None and "kept_on_phone" in g and response.status_code == 200:
        response.headers[KEPT] = f"{who.account_id} {quote(g.kept_on_phone)}"
    return response


def phone_key(account_id: str) -> bytes:
    """Return the 32 bytes that seal an account's entries on any phone; the same for as long as retries stay good."""
    return hmac.digest(service().settings.hash_key, f"phone:{account_id}".encode(), sha256)
