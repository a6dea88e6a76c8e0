"""Referrals as the forms of entries send them: a line each, and one more that is empty; works without JavaScript."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from werkzeug.datastructures import MultiDict

from shared.serviceunit.unit import ServiceUnit

_ANSWERS = {True: "yes", False: "no", None: ""}
_KNOWN = {text: taken_up for taken_up, text in _ANSWERS.items()}
_FIELDS = ("referral_person", "destination", "referred_on", "taken_up")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Line:
    """Who was referred where to, on which day; `taken_up` is `yes`, `no`, or empty while nobody knows."""

    person_id: str = ""
    destination: str = ""
    on: str = ""
    taken_up: str = ""


def of_unit(unit: ServiceUnit) -> list[Line]:
    """The referrals of an entry as it is now."""
    return [
        Line(
            person_id=one.person_id,
            destination=one.destination,
            on=one.on.isoformat(),
            taken_up=_ANSWERS[one.taken_up],
        )
        for one in unit.referrals
    ]


def of_form(form: MultiDict[str, str]) -> list[Line]:
    """The lines that name where to, as they were sent; one that says nowhere is no referral."""
    sent = zip(*(form.getlist(name) for name in _FIELDS), strict=False)
    lines = (Line(person_id=who, destination=where, on=on, taken_up=answer) for who, where, on, answer in sent)
    return [line for line in lines if line.destination]


def asked(lines: Iterable[Line], occurred_on: str) -> list[dict[str, Any]]:
    """What the lines ask for; the day left out is that of the entry."""
    return [
        {
            "person_id": line.person_id,
            "destination": line.destination,
            "on": line.on or occurred_on,
            "taken_up": _KNOWN.get(line.taken_up),
        }
        for line in lines
    ]


def answered(lines: Sequence[Line], number: str, taken_up: str) -> list[Line]:
    """The lines after one of them, counted from 0, was taken up or not."""
    return [replace(line, taken_up=taken_up) if str(index) == number else line for index, line in enumerate(lines)]
