"""Who is asking, may they, and does the request come from our own pages: answered before anything of it is read."""

from urllib.parse import urlsplit

from flask import Flask, current_app, g, request

from shared.auth.identity import access_of, allow
from shared.errors import Forbidden
from shared.web.requests import service

COOKIE = "caseledger"
FOR_NEWCOMERS = frozenset({"auth.own_account_page", "auth.change_own_password"})
"""The pages that a temporary password opens; signing out needs no access."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def init_app(app: Flask) -> None:
    """Check every request of the app."""
    app.before_request(_identify)
    app.before_request(_refuse_other_sites)
    app.before_request(_check_access)


def token_of_request() -> str | None:
    """Return the session token: of the Authorization header, else of the cookie."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return token.strip()
    return request.cookies.get(COOKIE)


def _identify() -> None:
    g.by_bearer = request.headers.get("Authorization", "").lower().startswith("bearer ")
    if request.endpoint in ("assets.shared", "assets.own"):
        return
    token = token_of_request()
    g.token = token
    g.identity = service().accounts.identity_of(token) if token else None


def _refuse_other_sites() -> None:
    """Refuse a change that another site's page has sent with our cookie.

    Browsers say where a request comes from. A token in a form would go stale in a page kept on a phone; these headers
    do not. A client with a Bearer token has no cookie that could be abused.
    """
    if request.method in SAFE or g.by_bearer:
        return
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        ours = site in ("same-origin", "none")
    elif origin is not None:
        ours = urlsplit(origin).netloc in (request.host, urlsplit(service().settings.public_url).netloc)
    else:
        ours = COOKIE not in request.cookies
    if not ours:
        raise Forbidden("other_site", "This came from another site, so nothing was changed.")


def _check_access() -> None:
    if request.endpoint is None:
        return  # There is no such page: the 404 or 405 follows.
    view = current_app.view_functions[request.endpoint]
    access = access_of(view, request.method)
    assert access is not None, request.endpoint
    for_feeds = getattr(view, "__feeds__", False)
    allow(access, for_newcomers=request.endpoint in FOR_NEWCOMERS, for_feeds=for_feeds)


def check_every_view(app: Flask) -> None:
    """Raise RuntimeError when a view does not say who may call it."""
    unmarked = sorted(
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if access_of(app.view_functions[rule.endpoint], method) is None
    )
    if unmarked:
        raise RuntimeError(f"These views carry neither @requires nor @public: {', '.join(unmarked)}")
