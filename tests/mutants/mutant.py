"""One change of one line."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: in `file`, the text `old`, found once and on one line, becomes `new`, and `test` fails.

    `rule` says what holds no more; `case` narrows a parametrized test to one of its cases.
    """

    test: str
    file: str
    old: str
    new: str
    rule: str
    case: str | None = None
