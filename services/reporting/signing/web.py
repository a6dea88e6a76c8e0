"""The page of what waits: asked of each service with the leader's own session, signed with one request a service."""

import hashlib
from typing import Any

from flask import Blueprint, flash, render_template, request
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from services.reporting.figures.words import SERVICES as WORDS
from services.reporting.signing.domain import SERVICES, chosen, together
from shared.auth.identity import identity, requires
from shared.auth.roles import LEADERS
from shared.ids import new_id
from shared.web.asking import ask, ask_each
from shared.web.requests import see_other, service

bp = Blueprint("signing", __name__, url_prefix="/reading")

SHOWN = 50
"""Lines of each service on one page."""


@bp.get("")
@requires(*LEADERS)
def waiting() -> str:
    """What waits to be read, the oldest first, and what lies with its author again."""
    asked = [(f"/{name}/api/v1/readings/waiting", _asked(request.args.get(name))) for name in SERVICES]
    answers = dict(zip(SERVICES, ask_each(*asked), strict=True))
    known = {name: answer for name, answer in answers.items() if answer is not None}
    accounts = service().accounts.list_accounts(identity().agency_id)
    return render_template(
        "reporting/reading.html",
        lines=together(known, "items"),
        returned=together(known, "returned"),
        count=sum(answer["count"] for answer in known.values()),
        missing=[name for name, answer in answers.items() if answer is None],
        more={name: answer["next"] for name, answer in known.items() if answer["next"]},
        first=not any(name in request.args for name in SERVICES),
        colleagues={one.account_id: one.display_name for one in accounts},
    )


@bp.post("")
@requires(*LEADERS)
def sign() -> Response:
    """Sign for what was chosen, or for all that was shown."""
    form = request.form
    key = form.get("idempotency_key") or new_id("key")
    done, left = 0, 0
    for name, items in chosen(form.getlist("shown" if "all" in form else "item")).items():
        answer = ask(f"/{name}/api/v1/readings", {"items": items}, _key(key, items))
        if answer is None:
            flash(gettext("“%(service)s” did not answer; nothing was signed there.", service=WORDS[name]))
            continue
        done, left = done + len(answer["read"]), left + len(answer["left"])
    if done:
        flash(ngettext("%(num)s entry read and signed.", "%(num)s entries read and signed.", done))
    if left:
        flash(ngettext("%(num)s entry has changed meanwhile.", "%(num)s entries have changed meanwhile.", left))
    return see_other("/reading")


def _key(of_form: str, items: list[dict[str, Any]]) -> str:
    """The same form sent again says the same; with another choice, after a step back, it is another request."""
    return f"{of_form}-{hashlib.sha256(repr(items).encode()).hexdigest()[:16]}"


def _asked(after: str | None) -> dict[str, object]:
    return {"limit": SHOWN, "after": after} if after else {"limit": SHOWN}
