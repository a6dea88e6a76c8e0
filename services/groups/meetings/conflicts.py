"""Two people have changed one meeting: what differs, what each of them most likely meant, and what was chosen. Pure.

A difference has a key: the name of a value, or the id of a person; somebody may be on one of the two lists only.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from services.groups.meetings.forms import Draft, Row
from shared.errors import FieldError, Invalid

MINE, THEIRS = "mine", "theirs"
VALUES = (
    "occurred_on",
    "starts_at",
    "minutes",
    "status",
    "activity",
    "mode",
    "setting",
    "contract_id",
    "served_by",
    "helpers",
    "unidentified_count",
    "partner_count",
    "sign_in_sheet",
    "note",
    "child_safety_concern",
    "referrals",
)


def differences(mine: Draft, theirs: Draft) -> list[str]:
    """The keys of what differs: values that the form of `mine` has shown, then people in the order of both lists."""
    values = [name for name in VALUES if name in mine.values and _value(mine, name) != _value(theirs, name)]
    own, other = _rows(mine), _rows(theirs)
    people = [one for one in dict.fromkeys((*own, *other)) if _said(own.get(one)) != _said(other.get(one))]
    return values + people


def suggested(base: Draft, mine: Draft, theirs: Draft) -> dict[str, str]:
    """For each difference whose version to take, where only one of the two has changed what stood in `base`."""
    by_me, by_them = set(differences(mine, base)), set(differences(theirs, base))
    return {
        key: "" if key in by_me and key in by_them else MINE if key in by_me else THEIRS
        for key in differences(mine, theirs)
    }


def chosen(mine: Draft, theirs: Draft, choices: Mapping[str, str]) -> Draft:
    """What is to be saved; raises `Invalid` for every difference that nobody has decided."""
    undecided = [key for key in differences(mine, theirs) if choices.get(key) not in (MINE, THEIRS)]
    if undecided:
        raise Invalid.of(
            [FieldError(f"choose-{key}", "required", "Please choose one of the two versions.") for key in undecided]
        )
    taken = {key for key, choice in choices.items() if choice == THEIRS}
    values = {**mine.values, **{name: theirs.values.get(name) for name in VALUES if name in taken}}
    return replace(mine, values=values, rows=list(_merged(_rows(mine), _rows(theirs), taken)))


def _merged(mine: Mapping[str, Row], theirs: Mapping[str, Row], taken: set[str]) -> Iterable[Row]:
    for person_id in dict.fromkeys((*theirs, *mine)):
        row = (theirs if person_id in taken else mine).get(person_id)
        if row is not None:
            yield row


def _rows(draft: Draft) -> dict[str, Row]:
    return {row.person_id: row for row in draft.rows}


def _said(row: Row | None) -> tuple[str, str, bool, bool] | None:
    """What a line says; in the room is what is meant where nothing is said of how somebody took part."""
    return None if row is None else (row.status, row.role, row.walk_in, row.mode == "online")


def _value(draft: Draft, name: str) -> Any:
    """A value in one form, whether it was typed or stored: nothing, nought and an empty text are the same."""
    value = draft.values.get(name)
    if isinstance(value, list):
        return sorted(value)
    lines = [line.strip() for line in str(value or "").splitlines() if line.strip()]
    return [] if lines == ["0"] else lines
