"""Two people have changed one entry: what differs, what each of them most likely meant, and what was chosen. Pure.

A difference has a key: the name of a value, or the id of a person; somebody may be on one of the two lists only.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Protocol, TypeVar

from shared.errors import FieldError, Invalid

MINE, THEIRS = "mine", "theirs"
VALUES = (
    "occurred_on",
    "starts_at",
    "minutes",
    "status",
    "cancelled",
    "activity",
    "mode",
    "setting",
    "place_id",
    "case_id",
    "aftercare",
    "contract_id",
    "served_by",
    "helpers",
    "unidentified_count",
    "partner_count",
    "co_organised",
    "sign_in_sheet",
    "note",
    "child_safety_concern",
    "referrals",
)


class Line(Protocol):
    """Somebody in a form; `said` is all that the form says of them."""

    @property
    def person_id(self) -> str: ...
    @property
    def said(self) -> tuple[Any, ...]: ...


Row = TypeVar("Row", bound=Line)


@dataclass(slots=True, kw_only=True)
class Filled(Generic[Row]):
    """A form as it stands: single values, a line for each person, and, by key, whose version was chosen of what two
    people have changed: `mine`, `theirs`, or nothing yet."""

    values: dict[str, Any]
    rows: list[Row] = field(default_factory=list)
    choices: dict[str, str] = field(default_factory=dict)


Form = TypeVar("Form", bound=Filled[Any])


def differences(mine: Filled[Any], theirs: Filled[Any]) -> list[str]:
    """The keys of what differs: values that the form of `mine` has shown, then people in the order of both lists."""
    values = [name for name in VALUES if name in mine.values and _value(mine, name) != _value(theirs, name)]
    own, other = _rows(mine), _rows(theirs)
    people = [one for one in dict.fromkeys((*own, *other)) if _said(own.get(one)) != _said(other.get(one))]
    return values + people


def suggested(base: Filled[Any], mine: Filled[Any], theirs: Filled[Any]) -> dict[str, str]:
    """For each difference whose version to take, where only one of the two has changed what stood in `base`."""
    by_me, by_them = set(differences(mine, base)), set(differences(theirs, base))
    return {
        key: "" if key in by_me and key in by_them else MINE if key in by_me else THEIRS
        for key in differences(mine, theirs)
    }


def chosen(mine: Form, theirs: Form, choices: Mapping[str, str]) -> Form:
    """What is to be saved; raises `Invalid` for every difference that nobody has decided."""
    undecided = [key for key in differences(mine, theirs) if choices.get(key) not in (MINE, THEIRS)]
    if undecided:
        raise Invalid.of(
            [FieldError(f"choose-{key}", "required", "Please choose one of the two versions.") for key in undecided]
        )
    taken = {key for key, choice in choices.items() if choice == THEIRS}
    values = {**mine.values, **{name: theirs.values.get(name) for name in VALUES if name in taken}}
    return replace(mine, values=values, rows=list(_merged(_rows(mine), _rows(theirs), taken)))


def _merged(mine: Mapping[str, Line], theirs: Mapping[str, Line], taken: set[str]) -> Iterable[Line]:
    for person_id in dict.fromkeys((*theirs, *mine)):
        row = (theirs if person_id in taken else mine).get(person_id)
        if row is not None:
            yield row


def row_of(form: Filled[Row], person_id: str) -> Row | None:
    """The line of somebody, None when they are not on this list."""
    return next((row for row in form.rows if row.person_id == person_id), None)


def _rows(form: Filled[Any]) -> dict[str, Line]:
    return {row.person_id: row for row in form.rows}


def _said(row: Line | None) -> tuple[Any, ...] | None:
    return None if row is None else row.said


def _value(draft: Filled[Any], name: str) -> Any:
    """A value in one form, whether it was typed or stored: nothing, nought and an empty text are the same."""
    value = draft.values.get(name)
    if isinstance(value, list):
        return sorted(value)
    lines = [line.strip() for line in str(value or "").splitlines() if line.strip()]
    return [] if lines == ["0"] else lines
