"""The signed-in person of a request, and the mark every view carries: who may call it.

The marks are checked in one place, before a request's body is read (`shared.web.access`), so the order of decorators
does not matter; an app with an unmarked view does not start.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import g, has_request_context

from shared.auth.roles import Role
from shared.errors import Forbidden, NotSignedIn

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC: frozenset[Role] = frozenset()
"""The access of a view that needs no sign-in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A signed-in account: one role in one agency, its teams, or, for a funder, its contracts."""

    account_id: str
    agency_id: str
    role: Role
    team_ids: frozenset[str]
    display_name: str
    contract_ids: frozenset[str] = frozenset()
    language: str | None = None
    must_change: bool = False
    """Whether the password is a temporary one, which only opens the form that changes it."""
    toured: bool = False
    """Whether this person has seen the first steps."""
    sends: frozenset[str] | None = None
    """What may be sent with the token of a feed, which opens nothing else; None for a person."""

    def sees_team(self, team_id: str) -> bool:
        """Say whether this person works in the team; an administrator works in all teams of the agency."""
        return self.role == "agency_admin" or team_id in self.team_ids

    def may_send(self, kind: str) -> bool:
        """Say whether this person, or the feed with this token, may import things of a kind."""
        return self.sends is None or kind in self.sends


def requires(first: Role, *others: Role) -> Callable[[View], View]:
    """Mark a view as open to these roles only."""

    def mark(view: View) -> View:
        view.__access__ = frozenset((first, *others))  # type: ignore[attr-defined]
        return view

    return mark


def public(view: View) -> View:
    """Mark a view as open to whoever asks, signed in or not."""
    view.__access__ = PUBLIC  # type: ignore[attr-defined]
    return view


def open_to_feeds(view: View) -> View:
    """Mark a view as open to the tokens of feeds too, within what each may send."""
    view.__feeds__ = True  # type: ignore[attr-defined]
    return view


def access_of(view: Callable[..., Any], method: str = "GET") -> frozenset[Role] | None:
    """Return the roles that may call this view (empty: everybody), or None when nobody has marked it."""
    view_class = getattr(view, "view_class", None)
    if view_class is not None:
        handler = getattr(view_class, "get" if method == "HEAD" else method.lower(), None)
        view = handler if handler is not None and hasattr(handler, "__access__") else view_class
    access: frozenset[Role] | None = getattr(view, "__access__", None)
    return access


def allow(access: frozenset[Role], *, for_newcomers: bool = False, for_feeds: bool = False) -> None:
    """Raise unless the person of this request has the access; a temporary password opens what is `for_newcomers`.

    The token of a feed opens what is `for_feeds`.
    """
    if not access:
        return
    who = identity()
    if who.sends is not None and not for_feeds:
        raise Forbidden("token_scope", "This token sends files, and opens nothing else.")
    if who.must_change and not for_newcomers:
        raise Forbidden("password_must_change", "Please choose a password of your own first.")
    if who.role not in access:
        raise Forbidden("role_forbidden", "Your role does not include this.")


def identity() -> Identity:
    """Return who is signed in; raises NotSignedIn when nobody is."""
    who = optional_identity()
    if who is None:
        raise NotSignedIn("not_signed_in", "Please sign in.")
    return who


def optional_identity() -> Identity | None:
    """Return who is signed in, or None."""
    return g.get("identity") if has_request_context() else None
