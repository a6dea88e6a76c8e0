"""The `where` of a contract document: which sessions and people an indicator is about."""

from collections.abc import Iterable

from services.reporting.contracts.reading import Reader, join
from services.reporting.indicators.definition import Where
from shared.serviceunit import codes

_SINGLE = ("kind", "activity", "setting", "mode", "role")
CONDITIONS = ("kind", "activity", "setting", "mode", "tag", "role", "target_group")


def read_where(read: Reader, value: object, path: str) -> Where:
    """The conditions of one filter; nothing given sets none."""
    if value is None:
        return Where()
    fields = read.mapping(value, path, optional=CONDITIONS)
    chosen = {
        name: read.codes(fields[name], join(path, name), codes.VOCABULARIES[name])
        for name in CONDITIONS
        if name in fields
    }
    return Where(**chosen)


def never_matches(wheres: Iterable[Where]) -> str | None:
    """The first condition that excludes everything, since a session has one kind, activity, setting and mode."""
    for name in _SINGLE:
        given = [condition for where in wheres if (condition := getattr(where, name)) is not None]
        if given and all(given) and not frozenset.intersection(*given):
            return name
    return None
