"""Reading a document field by field: every wrong field is noted with its path and with what would be right.

A reader never stops at the first mistake; it answers a harmless value instead and goes on.
"""

import math
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from services.reporting.indicators.definition import Comparator, Text, Threshold
from shared.errors import FieldError

LANGUAGES = ("zh-Hant", "en")
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,38}[a-z0-9])?")


class Reader:
    """Notes the wrong fields of one document."""

    def __init__(self) -> None:
        self.errors: list[FieldError] = []

    def fail(self, path: str, code: str, message: str, /, **params: object) -> None:
        self.errors.append(FieldError(path, code, message, params))

    def mapping(
        self, value: object, path: str, *, required: Collection[str] = (), optional: Collection[str] = ()
    ) -> dict[str, Any]:
        """A mapping with these keys and no others."""
        if not isinstance(value, Mapping):
            self.fail(
                path, "not_a_mapping", "Write named fields here: %(known)s.", known=", ".join(known(required, optional))
            )
            return {}
        for key in value:
            if key not in required and key not in optional:
                self.fail(
                    join(path, key),
                    "unknown_field",
                    "There is no field “%(field)s” here. There are: %(known)s.",
                    field=str(key),
                    known=", ".join(known(required, optional)),
                )
        for key in required:
            if value.get(key) is None:
                self.fail(join(path, key), "missing", "“%(field)s” is missing.", field=key)
        return {str(key): found for key, found in value.items() if found is not None}

    def sequence(self, value: object, path: str, *, empty: bool = False) -> Sequence[Any]:
        """A list, by default with something in it."""
        if not isinstance(value, list):
            self.fail(path, "not_a_list", "Write a list here.")
            return []
        if not value and not empty:
            self.fail(path, "empty_list", "This list is empty. Give at least one, or leave it out.")
        return value

    def slug(self, value: object, path: str) -> str:
        """An identifier: small letters, digits and hyphens."""
        if isinstance(value, str) and _SLUG.fullmatch(value):
            return value
        if value is not None:
            self.fail(
                path, "not_an_id", "Write an identifier of small letters, digits and hyphens, such as “output-1”."
            )
        return ""

    def text(self, value: object, path: str) -> Text:
        """A text in Chinese, in English, or in both."""
        if value is None:
            return {}
        if isinstance(value, Mapping) and value and all(isinstance(one, str) and one.strip() for one in value.values()):
            if unknown := [key for key in value if key not in LANGUAGES]:
                self.fail(join(path, unknown[0]), "unknown_language", "Use the languages zh-Hant and en.")
            return {str(key): one.strip() for key, one in value.items()}
        self.fail(path, "not_a_text", "Write the text in its languages, such as {zh-Hant: 家人, en: Families}.")
        return {}

    def day(self, value: object, path: str) -> date | None:
        """A date, as YAML reads it or in ISO form."""
        if isinstance(value, str):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        elif type(value) is date:
            return value
        if value is not None:
            self.fail(path, "not_a_date", "Write a date such as 2018-06-01.")
        return None

    def one_of(self, value: object, path: str, choices: Collection[str], default: str) -> str:
        """One of a few words."""
        if isinstance(value, str) and value in choices:
            return value
        if value is not None:
            self._unknown_code(path, value, choices)
        return default

    def codes(self, value: object, path: str, vocabulary: Collection[str]) -> frozenset[str]:
        """A list of codes of one vocabulary; one code alone may stand without a list."""
        listed = [value] if isinstance(value, str) else self.sequence(value, path)
        for index, code in enumerate(listed):
            if not isinstance(code, str) or code not in vocabulary:
                self._unknown_code(path if isinstance(value, str) else join(path, index), code, vocabulary)
        return frozenset(code for code in listed if isinstance(code, str))

    def _unknown_code(self, path: str, code: object, choices: Collection[str]) -> None:
        self.fail(
            path,
            "unknown_code",
            "“%(code)s” is not known here. Use one of: %(known)s.",
            code=str(code)[:60],
            known=", ".join(choices),
        )

    def whole(self, value: object, path: str, default: int, *, least: int = 0) -> int:
        """A whole number that is not too small."""
        if value is None:
            return default
        if type(value) is int and value >= least:
            return value
        self.fail(path, "not_a_whole_number", "Write a whole number of at least %(least)s.", least=least)
        return default

    def flag(self, value: object, path: str) -> bool:
        if isinstance(value, bool):
            return value
        if value is not None:
            self.fail(path, "not_a_flag", "Write true or false.")
        return False

    def number(self, value: object, path: str) -> Fraction | None:
        """A number that is not negative, exactly as written."""
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value >= 0:
            return Fraction(str(value))
        if value is not None:
            self.fail(path, "not_a_number", "Write a number of at least 0, without quotation marks or unit.")
        return None

    def threshold(self, value: object, path: str) -> Threshold:
        """`{at_least: 0.7}` or `{more_than: 0.75}`: a share between 0 and 1."""
        fields = self.mapping(value, path, optional=("at_least", "more_than"))
        given: list[Comparator] = [name for name in ("at_least", "more_than") if name in fields]
        if len(given) != 1:
            if isinstance(value, Mapping):
                self.fail(path, "one_bound", "Give one bound, such as {at_least: 0.7}.")
            return Threshold(bound=Fraction(1))
        return Threshold(bound=self.share(fields[given[0]], join(path, given[0])), comparator=given[0])

    def share(self, value: object, path: str) -> Fraction:
        """A number above 0 and up to 1; 70 and "70%" are not."""
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 1:
            return Fraction(str(value))
        self.fail(
            path,
            "not_a_share",
            "Write the share as a number between 0 and 1, such as 0.7 for 70 %%, not %(given)s.",
            given=str(value)[:20],
        )
        return Fraction(1)

    def unique(self, ids: Sequence[tuple[str, str]]) -> None:
        """Each id stands once; `ids` are pairs of path and id."""
        seen: set[str] = set()
        for path, one in ids:
            if one and one in seen:
                self.fail(path, "id_twice", "The identifier “%(id)s” is used twice.", id=one)
            seen.add(one)


def join(path: str, key: object) -> str:
    return f"{path}.{key}" if path else str(key)


def known(required: Collection[str], optional: Collection[str]) -> list[str]:
    return [*required, *optional]
