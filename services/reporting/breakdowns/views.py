"""A breakdown in words and as rows: for pages, programs and files."""

from collections.abc import Callable
from typing import Any

from flask_babel import get_locale, gettext, lazy_gettext, ngettext

from services.reporting.breakdowns.domain import Printed
from services.reporting.breakdowns.queries import Divided
from services.reporting.figures.rendering import printed as as_printed
from services.reporting.indicators.breakdown import UNKNOWN, By
from services.reporting.indicators.definition import ADDS_UP
from shared.serviceunit.codes import label

Values = dict[str, Any]
HELD_BACK = "<5"

WAY_WORDS: dict[By, Any] = {
    "quarter": lazy_gettext("Quarter"),
    "team": lazy_gettext("Team"),
    "kind": lazy_gettext("Kind"),
    "mode": lazy_gettext("Mode"),
    "gender": lazy_gettext("Gender"),
    "age": lazy_gettext("Year of birth"),
    "district": lazy_gettext("District"),
    "role": lazy_gettext("Role"),
    "relationship": lazy_gettext("Relationship"),
    "continuing": lazy_gettext("New or continuing"),
    "times": lazy_gettext("How often"),
}
_COMING = {
    "new": lazy_gettext("Came for the first time in this period"),
    "continuing": lazy_gettext("Came before, and again in this period"),
    "before": lazy_gettext("Came only before this period"),
}


def part_words(by: By, teams: Callable[[str], str]) -> Callable[[str], str]:
    """The words for the parts of a breakdown; a team's name is asked for."""

    def word(code: str) -> str:
        if code == UNKNOWN:
            return str(gettext("Not known"))
        if by == "team":
            return teams(code)
        if by == "quarter":
            year, quarter = code.split("-")
            return str(gettext("%(year)s, quarter %(quarter)s", year=year, quarter=quarter))
        if by == "continuing":
            return str(_COMING[code])
        if by == "times":
            return str(gettext("%(times)s times", times=code.replace("-", "–")))
        if by == "age":
            return code.replace("-", "–")
        return str(label(by, code, str(get_locale())))

    return word


def said_of(found: Divided, shown: Printed) -> list[str]:
    """How the parts and the whole belong together, in sentences; only what is so is said.

    Where all parts are held back, nothing is said of them.
    """
    parts, said = found.parts, []
    if shown.parts is None:
        return [gettext("So few people are in parts of their own that no part is shown here.")]
    if shown.holds_back:
        said.append(
            gettext("Parts of fewer than five people are held back (“<5”), and others with them, so that none follows.")
        )
    if parts.in_several:
        said.append(
            ngettext(
                "All parts add up to %(sum)s people, who are %(people)s: %(num)s person is in more than one part.",
                "All parts add up to %(sum)s people, who are %(people)s: %(num)s people are in more than one part.",
                parts.in_several,
                sum=parts.parts_people,
                people=parts.people,
            )
        )
    elif parts.people:
        said.append(
            gettext(
                "Everybody is in exactly one part, so the people of all parts are all %(people)s.", people=parts.people
            )
        )
    if found.measure.kind in ADDS_UP and parts.parts_value > parts.value:
        said.append(
            gettext("A session with people of several parts is counted in each of them, and once in the whole.")
        )
    elif found.measure.kind in ADDS_UP and parts.parts_value < parts.value:
        said.append(gettext("Heads without a name are in the whole, and in no part."))
    opening = found.measure.opening
    if opening is not None and found.measure.kind in ADDS_UP:
        said.append(gettext("The opening balance of the contract is in no part."))
    return said


def breakdown_values(found: Divided, shown: Printed) -> Values:
    """A breakdown as JSON values; what is held back is null, and `parts` is when all of it is."""
    parts = shown.parts
    return {
        "contract": found.found.contract_id,
        "indicator": found.output.id,
        "measure": found.measure.id,
        "kind": found.measure.kind,
        "by": found.parts.by,
        "cut": str(found.cut),
        "value": as_printed(found.measure, found.parts.value),
        "people": found.parts.people,
        "people_in_several_parts": found.parts.in_several,
        "parts": None
        if parts is None
        else [
            {
                "code": code or None,
                "value": as_printed(found.measure, part.value) if part else None,
                "people": part.people if part else None,
                "held_back": part is None,
            }
            for code, part in parts
        ],
        "released_because": found.release.reason,
        "window": {"from": found.window.first.isoformat(), "to": found.window.last.isoformat()},
    }


def file_rows(found: Divided, shown: Printed, word: Callable[[str], str]) -> list[tuple[object, ...]]:
    """The parts and the whole as rows; a cell that is held back says so."""
    rows: list[tuple[object, ...]] = [
        (word(code), as_printed(found.measure, part.value), part.people) if part else (word(code), HELD_BACK, HELD_BACK)
        for code, part in shown.parts or ()
    ]
    return [*rows, (str(gettext("Whole")), as_printed(found.measure, found.parts.value), found.parts.people)]
