"""Two versions of an entry beside each other, in the words of a page, for whoever has to choose between them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce
from typing import Any

from flask_babel import get_locale, gettext

from shared.auth.identity import identity
from shared.errors import CaseledgerError
from shared.eventstore import Recorded
from shared.serviceunit import codes
from shared.serviceunit.conflicts import Filled, Form, differences, row_of, suggested
from shared.serviceunit.lifecycle import INITIAL, UnitState, evolve
from shared.serviceunit.recording import Recording
from shared.serviceunit.referrals import Line as Referred
from shared.web.requests import expected_version, service
from shared.web.shell import day


@dataclass(frozen=True, slots=True)
class Words:
    """How a form calls its values, by their names, and what a line of it says of somebody beside the other version of
    that line (None: not on the other list)."""

    labels: Mapping[str, str]
    of_row: Callable[[Any, Any], str]


_OVERTAKEN = ("stale_version", "entry_already_recorded")
_CODED = ("status", "activity", "mode", "setting")
_NAMED = ("place_id", "case_id", "contract_id")


def is_overtaken(error: CaseledgerError | None) -> bool:
    """Say whether somebody else has saved the entry first."""
    return error is not None and error.code in _OVERTAKEN


def beside_what_stands(
    units: Recording[Any], form: Form, unit_id: str, story: Sequence[Recorded], form_of: Callable[[UnitState], Form]
) -> tuple[Form, UnitState, list[Recorded]]:
    """Read an overtaken entry again: the form with what is suggested, the entry as it stands, and its story.

    `story` is what this person was shown the entry from, `form_of` makes a form of any version of it.
    """
    base = reduce(evolve, (recorded.event for recorded in story[: max(1, expected_version())]), INITIAL)
    state, now = units.read(service(), identity(), unit_id)
    return replace(form, choices=suggested(form_of(base), form, form_of(state))), state, now


def compared(mine: Filled[Any], theirs: Filled[Any], words: Words, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """A line for every difference; `names` are those of people, colleagues, contracts, places and cases by id."""
    return [
        {
            "key": key,
            "label": words.labels.get(key) or names.get(key, key),
            "mine": _worded(mine, theirs, key, words, names),
            "theirs": _worded(theirs, mine, key, words, names),
            "choice": mine.choices.get(key, ""),
        }
        for key in differences(mine, theirs)
    ]


def _worded(form: Filled[Any], other: Filled[Any], key: str, words: Words, names: Mapping[str, str]) -> str:
    if key not in words.labels:
        row = row_of(form, key)
        return words.of_row(row, row_of(other, key)) if row is not None else str(gettext("Not on the list"))
    value = form.values.get(key)
    if not value:
        return "–"
    if value is True:
        return str(gettext("Yes"))
    if key == "referrals":
        return str(gettext("; ")).join(_worded_referral(one, names) for one in value)
    if isinstance(value, list):
        return str(gettext(", ")).join(str(names.get(one, one)) for one in value)
    if key in _CODED:
        return codes.label(key, value, str(get_locale()))
    if key == "occurred_on":
        return day(date.fromisoformat(value))
    return names.get(value, value) if key in _NAMED else str(value)


def _worded_referral(line: Referred, names: Mapping[str, str]) -> str:
    where = codes.label("destination", line.destination, str(get_locale()))
    answer = {"yes": gettext("Taken up"), "no": gettext("Not taken up")}.get(line.taken_up)
    return " · ".join(part for part in (names.get(line.person_id, line.person_id), where, line.on, answer) if part)
