"""Whether a published event still says what it said: readers rely on every field of a version that was ever published.

A new optional field is no break. A field that is gone, another type, a field that must now be there or need not any
longer: each of these asks for a new version.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from docs.making.published import SCHEMAS, Schema

_WORDS = ("title", "description", "default")
"""What may change without anybody who reads the event having to know."""


class BrokenContract(Exception):
    """A published event was changed without a new version."""

    def __init__(self, breaks: Mapping[str, list[str]]) -> None:
        told = "\n".join(f"  {key}: {', '.join(what)}" for key, what in breaks.items())
        super().__init__(f"These events were published otherwise, so they need a new version (see README.md):\n{told}")


def check(before: Mapping[str, Schema], after: Mapping[str, Schema], promised: Collection[str]) -> None:
    """Raise `BrokenContract` when a promised schema that stands in both says less, or something else, than before."""
    breaks = {
        key: found
        for key in before
        if key in promised
        and key in after
        and (found := list(breaks_of(inlined(before[key], before), inlined(after[key], after))))
    }
    if breaks:
        raise BrokenContract(breaks)


def breaks_of(before: Any, after: Any, path: str = "") -> Iterator[str]:
    """What a reader of `before` could stumble over in `after`."""
    if not (isinstance(before, dict) and isinstance(after, dict)):
        if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
            for one, other in zip(before, after, strict=True):
                yield from breaks_of(one, other, path)
        elif before != after:
            yield f"{path or 'the event'} is of another type"
        return
    yield from _breaks_of_fields(before, after, path)
    for word in sorted((before.keys() | after.keys()) - {*_WORDS, "properties", "required"}):
        yield from breaks_of(before.get(word), after.get(word), path)


def _breaks_of_fields(before: Schema, after: Schema, path: str) -> Iterator[str]:
    old, new = before.get("properties", {}), after.get("properties", {})
    for name, schema in old.items():
        place = f"{path}.{name}".lstrip(".")
        if name not in new:
            yield f"{place} is gone"
        else:
            yield from breaks_of(schema, new[name], place)
    for name in sorted(set(before.get("required", [])) ^ set(after.get("required", []))):
        if name in new:
            word = "must be there now" if name in after.get("required", []) else "need not be there any longer"
            yield f"{path}.{name} {word}".lstrip(".")


def inlined(schema: Any, schemas: Mapping[str, Schema]) -> Any:
    """The schema with every shape that it refers to written out in it."""
    if isinstance(schema, list):
        return [inlined(one, schemas) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return inlined(schemas[schema["$ref"].removeprefix(SCHEMAS)], schemas)
    return {word: inlined(value, schemas) for word, value in schema.items()}
