"""One field of a document as a form shows it, and back.

A field knows how its value is shown (`shown`) and how what was sent is written (`written`). `filled_in` writes only
what was changed: whatever a form leaves as it was, stays as it was written, to the letter. Pure.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from services.reporting.indicators.rounding import plain

Path = tuple[str | int, ...]
Document = dict[str, Any]
Sent = Mapping[str, Sequence[str]]
"""What a browser sends: every value of every name."""
Parts = dict[str, list[str]]
"""The values of one field by their suffix; a simple field has the suffix ""."""

_WHOLE, _DECIMAL = re.compile(r"\d{1,12}"), re.compile(r"\d{1,12}\.\d{1,9}")


@dataclass(frozen=True, slots=True)
class Field:
    """`path` leads to the value; the parts in `ticked` are boxes: what is not sent is not ticked."""

    path: Path
    shown: Callable[[Any], Parts]
    written: Callable[[Parts, Any], Any]
    ticked: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name in a form: the path as a wrong field is named by the check."""
        return ".".join(map(str, self.path))

    def sent(self, form: Sent, before: Parts) -> Parts:
        """What came back for this field, as it would have been shown."""
        found = {}
        for suffix, values in before.items():
            given = form.get(self.name + suffix)
            kept = [] if suffix in self.ticked else values
            found[suffix] = [_tidy(one) for one in given] if given is not None else kept
        return found


def values_of(document: Document, fields: Iterable[Field]) -> dict[str, list[str]]:
    """What a form shows, by name."""
    return {
        field.name + suffix: values
        for field in fields
        for suffix, values in field.shown(value_at(document, field.path)).items()
    }


def filled_in(document: Document, fields: Iterable[Field], form: Sent) -> Document:
    """The document with what was changed in the form; the given one stays as it is."""
    result = deepcopy(document)
    for field in fields:
        value = value_at(document, field.path)
        before = {suffix: [_tidy(one) for one in values] for suffix, values in field.shown(value).items()}
        now = field.sent(form, before)
        if now != before:
            put(result, field.path, field.written(now, value))
    return result


def value_at(document: Any, path: Path) -> Any:
    """The value that a path leads to, or None."""
    for key in path:
        if isinstance(document, dict):
            document = document.get(key)
        elif isinstance(document, list) and isinstance(key, int) and key < len(document):
            document = document[key]
        else:
            return None
    return document


def put(document: Document, path: Path, value: Any) -> None:
    """Write a value; None takes the field away, and with it mappings that have nothing left in them."""
    parents: list[tuple[Any, str | int]] = []
    target: Any = document
    for key in path[:-1]:
        parents.append((target, key))
        inner = value_at(target, (key,))
        if not isinstance(inner, dict | list):
            inner = target[key] = {}
        target = inner
    if value is not None:
        target[path[-1]] = value
        return
    target.pop(path[-1], None)
    while parents and target == {}:
        target, key = parents.pop()
        if isinstance(target, dict):
            del target[key]


def text(*path: str | int, lines: bool = False) -> Field:
    """Words; on one line, or on several."""

    def shown(value: Any) -> Parts:
        words = "" if value is None else str(value)
        return {"": [_tidy(words) if lines else " ".join(words.split())]}

    return Field(path, shown, lambda sent, _: sent[""][0] or None)


def texts(*path: str | int, lines: bool = False) -> list[Field]:
    """A text in both languages."""
    return [text(*path, language, lines=lines) for language in ("zh-Hant", "en")]


def number(*path: str | int) -> Field:
    """A number; what is none is written as it was typed, for the check to name it."""
    return Field(path, lambda value: {"": [shown_number(value)]}, lambda sent, _: number_of(sent[""][0]))


def percent(*path: str | int) -> Field:
    """A share, shown as a percentage."""
    return Field(path, lambda value: {"": [shown_percent(value)]}, lambda sent, _: share_of(sent[""][0]))


def tick(*path: str | int) -> Field:
    """Yes or no; no stands by saying nothing."""
    return Field(
        path,
        lambda value: {"": ["true"] if value is True else []},
        lambda sent, _: bool(sent[""]) or None,
        ticked=("",),
    )


def codes(*path: str | int, of: Iterable[str], default: Iterable[str] = ()) -> Field:
    """Several codes of a vocabulary; the default is shown where the document says nothing."""
    order, usual = list(of), set(default)

    def shown(value: Any) -> Parts:
        listed = usual if value is None else {value} if isinstance(value, str) else set(map(str, value or ()))
        return {"": [code for code in order if code in listed]}

    def written(sent: Parts, _: Any) -> Any:
        return sent[""] or ([] if usual else None)

    return Field(path, shown, written, ticked=("",))


def shown_number(value: Any) -> str:
    return "" if value is None else str(value)


def number_of(typed: str) -> Any:
    """What was typed as a number, else as it is; None for nothing."""
    if _WHOLE.fullmatch(typed):
        return int(typed)
    return float(typed) if _DECIMAL.fullmatch(typed) else typed or None


def shown_percent(value: Any) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(plain(100 * Fraction(str(value))))
    return shown_number(value)


def share_of(typed: str) -> Any:
    """A percentage as a share, such as 70 as 0.7."""
    value = number_of(typed.rstrip("%％ "))
    return float(Fraction(str(value)) / 100) if isinstance(value, int | float) else value


def _tidy(words: str) -> str:
    return words.replace("\r\n", "\n").strip()
