"""What somebody has used last: the ids of cases, people, groups and contracts, in a cookie of their browser.

No name stands in it. Whose browser it was is said by the account in front; another account finds nothing, signing out
forgets it, and after a day it is gone.
"""

import re

from flask import Flask, request
from werkzeug.wrappers import Response

from shared.auth.identity import optional_identity

COOKIE = "recent"
_MOST = 8
_DAY = 24 * 3600
_KINDS = {
    "/case/cases": "case",
    "/case/people": "person",
    "/groups/groups": "group",
    "/reporting/contracts": "contract",
}
_PAGE = re.compile(rf"({'|'.join(_KINDS)})/(?!new$)([A-Za-z0-9._-]{{1,80}})")


def init_app(app: Flask) -> None:
    """Note every page of a case, a person, a group or a contract that was shown."""
    app.after_request(_note)


def recently_used() -> list[tuple[str, str]]:
    """Return kind (case, person, group, contract) and id of what this account used last here, the latest first."""
    who = optional_identity()
    account, *kept = request.cookies.get(COOKIE, "").split("|")
    if who is None or account != who.account_id:
        return []
    pairs = [one.partition(":")[::2] for one in kept[:_MOST]]
    return [(kind, name) for kind, name in pairs if kind in _KINDS.values() and name]


def _note(response: Response) -> Response:
    who = optional_identity()
    shown = request.method == "GET" and response.status_code == 200 and response.mimetype == "text/html"
    page = _PAGE.fullmatch(request.path)
    if who is None or not shown or page is None:
        return response
    here = (_KINDS[page[1]], page[2])
    kept = [here, *(one for one in recently_used() if one != here)][:_MOST]
    value = "|".join([who.account_id, *(f"{kind}:{name}" for kind, name in kept)])
    response.set_cookie(COOKIE, value, max_age=_DAY, httponly=True, samesite="Lax", secure=request.is_secure)
    return response
