"""Turns what marshmallow says about a field into a stable code and a sentence that can be translated."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from marshmallow import Schema, ValidationError

from shared.errors import FieldError, Invalid

# The pattern of a message, the code, and our sentence; a group's name is the name of the sentence's parameter.
_KNOWN: tuple[tuple[str, str, str], ...] = (
    (r"Missing data for required field\.|Field may not be null\.", "required", "Please fill this in."),
    (r"Unknown field\.", "unknown_field", "There is no such field here."),
    (r"Invalid input type\.|Invalid type\.", "wrong_type", "This is not of the expected kind."),
    (r"Not a valid (?:list|tuple)\.", "not_a_list", "Give a list here."),
    (r"Not a valid (?:utf-8 )?string\.", "not_text", "Give text here."),
    (r"Not a valid mapping type\.", "not_an_object", "Give an object here."),
    (r"Not a valid number\.|Number too large\.|Special numeric values.*", "not_a_number", "Give a number here."),
    (r"Not a valid integer\.", "not_a_whole_number", "Give a whole number here."),
    (r"Not a valid boolean\.", "not_yes_or_no", "Give true or false here."),
    (r"Not a valid date\.", "not_a_date", "Give a date here, such as 2021-05-28."),
    (r"Not a valid time\.", "not_a_time", "Give a time here, such as 14:30."),
    (r"Not a valid (?:naive |aware )?datetime\.", "not_a_moment", "Give a date with a time and its zone here."),
    (r"Must be one of: (?P<choices>.*)\.", "not_a_choice", "Choose one of: %(choices)s."),
    (
        r"One or more of the choices you made was not in: (?P<choices>.*)\.",
        "not_a_choice",
        "Choose one of: %(choices)s.",
    ),
    (r"Must be greater than or equal to (?P<least>\S+)\.", "too_small", "This must be at least %(least)s."),
    (r"Must be less than or equal to (?P<most>\S+)\.", "too_large", "This must be at most %(most)s."),
    (
        r"Must be greater than or equal to (?P<least>\S+) and less than or equal to (?P<most>\S+)\.",
        "out_of_range",
        "This must be between %(least)s and %(most)s.",
    ),
    (r"Shorter than minimum length 1\.", "required", "Please fill this in."),
    (r"Shorter than minimum length (?P<least>\d+)\.", "too_short", "This is too short: at least %(least)s."),
    (r"Longer than maximum length (?P<most>\d+)\.", "too_long", "This is too long: at most %(most)s."),
    (
        r"Length must be between (?P<least>\d+) and (?P<most>\d+)\.",
        "wrong_length",
        "The length must be between %(least)s and %(most)s.",
    ),
    (r"String does not match expected pattern\.", "wrong_form", "This is not in the expected form."),
    (r"Invalid (?:input|value)\.", "not_accepted", "This value is not accepted here."),
)
_PATTERNS = tuple((re.compile(pattern, re.DOTALL), code, sentence) for pattern, code, sentence in _KNOWN)
_LOCATIONS = frozenset({"json", "query", "querystring", "form", "headers", "path", "json_or_form", "files"})


def field_errors(messages: Mapping[Any, Any] | Sequence[Any]) -> list[FieldError]:
    """Flatten the nested messages of a validation (webargs puts them under the part of the request)."""
    if isinstance(messages, Mapping) and len(messages) == 1 and next(iter(messages)) in _LOCATIONS:
        messages = next(iter(messages.values()))
    return [_field_error(path, message) for path, message in _flat("", messages)]


def load(schema: Schema, content: Mapping[str, Any]) -> dict[str, Any]:
    """Load what a page's form says as an API would; raises `Invalid` naming the fields, so that the form shows them."""
    try:
        return cast("dict[str, Any]", schema.load(content))
    except ValidationError as error:
        raise Invalid.of(field_errors(cast("Mapping[str, Any]", error.messages))) from error


def _flat(path: str, messages: Any) -> Iterator[tuple[str, str]]:
    if isinstance(messages, Mapping):
        for key, below in messages.items():
            yield from _flat(path if key == "_schema" else f"{path}.{key}".lstrip("."), below)
    elif isinstance(messages, Sequence) and not isinstance(messages, str):
        for message in messages:
            yield from _flat(path, message)
    else:
        yield path, str(messages)


def _field_error(path: str, message: str) -> FieldError:
    for pattern, code, sentence in _PATTERNS:
        match = pattern.fullmatch(message)
        if match is not None:
            return FieldError(path, code, sentence, dict(match.groupdict()))
    return FieldError(path, "invalid", message)
