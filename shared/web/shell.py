"""What every page has: the navigation of the role, the language switch, and the functions that templates use."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from flask import Flask, g, request
from flask_babel import format_date, get_locale
from jinja2 import ChoiceLoader, FileSystemLoader
from markupsafe import Markup

from shared.auth.identity import optional_identity
from shared.auth.kept import KeptFilter, chosen_address
from shared.clock import HONG_KONG
from shared.ids import new_id
from shared.web import navigation
from shared.web.demo import demo_of
from shared.web.display import chosen_theme, is_discreet
from shared.web.language import LANGUAGES
from shared.web.problems import error_message, field_message
from shared.web.requests import service


def init_app(app: Flask, prefix: str) -> None:
    """Give the app's templates the shell and its functions."""
    templates = Path(__file__).parent / "templates"
    app.jinja_loader = ChoiceLoader([app.jinja_loader or FileSystemLoader([]), FileSystemLoader(templates)])
    app.jinja_env.filters.update(day=day, month=month, moment=moment, number=number)
    app.jinja_env.globals.update(
        error_message=error_message,
        field_message=field_message,
        new_key=lambda: new_id("key"),
        html_lang=html_lang,
        language_url=f"{prefix}/language",
        display_url=f"{prefix}/display",
        this_page=navigation.this_page,
        kept_filters=_kept_filters,
        chosen_here=lambda: chosen_address(request.full_path),
        chosen_theme=chosen_theme,
        is_discreet=is_discreet,
        languages=LANGUAGES,
    )
    app.context_processor(_of_request)


def _of_request() -> dict[str, Any]:
    who = optional_identity()
    role = who.role if who else None
    return {
        "who": who,
        "here": navigation.place_of(request.path),
        "places": [place for place in navigation.PLACES if role in place.roles],
        "log_places": [place for place in navigation.LOG if role in place.roles],
        "note_reviews": navigation.NOTE_REVIEWS,
        "now": service().clock.now(),
        "still_arriving": g.get("behind", False),
        "demo": demo_of(service().settings.data) if service().settings.demo else None,
    }


def _kept_filters(path: str | None = None) -> list[KeptFilter]:
    """What the person keeps of filters, of one page or of all."""
    who = optional_identity()
    kept = service().accounts.filters.of(who.account_id) if who is not None else []
    return [one for one in kept if path in (None, one.path)]


def day(value: date | str | None, *, with_weekday: bool = True) -> str:
    """Write a date as people here do: 2021年5月28日（五）, Fri 28 May 2021."""
    if not value:
        return "–"
    when = date.fromisoformat(value) if isinstance(value, str) else value
    if _is_chinese():
        weekday = f"（{'一二三四五六日'[when.weekday()]}）" if with_weekday else ""
        return f"{when.year}年{when.month}月{when.day}日{weekday}"
    return str(format_date(when, "EEE d MMM y" if with_weekday else "d MMM y"))


def month(value: date | str) -> str:
    """Write the month of a date: 2021年5月, May 2021."""
    when = date.fromisoformat(value) if isinstance(value, str) else value
    return f"{when.year}年{when.month}月" if _is_chinese() else str(format_date(when, "MMM y"))


def moment(value: datetime | str | None) -> Markup:
    """Write a moment in Hong Kong time, readable by programs too."""
    if not value:
        return Markup("–")
    when = datetime.fromisoformat(value) if isinstance(value, str) else value
    local = (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(HONG_KONG)
    return Markup('<time datetime="{}">{} {:%H:%M}</time>').format(local.isoformat(), day(local.date()), local)


def number(value: float | int | None) -> str:
    """Write a number with separators: 1,849."""
    return "–" if value is None else f"{value:,}"


def html_lang() -> str:
    """Return the language of the page as HTML writes it."""
    return str(get_locale()).replace("_", "-")


def _is_chinese() -> bool:
    return str(get_locale()).startswith("zh")
