"""The measures of an output indicator in a contract document, with `of which` resolved to its filters."""

from dataclasses import dataclass, replace
from typing import cast

from services.reporting.contracts.reading import Reader, join
from services.reporting.contracts.targets import TargetReader
from services.reporting.contracts.where import never_matches, read_where
from services.reporting.indicators.definition import UNITS, CaseCount, Comparator, Measure, MeasureKind, Text, Where

_OPTIONAL = ("measure", "which", "of", "where", "target", "comparator", "title", "variations", "opening")
_CASES: tuple[CaseCount, ...] = ("opened", "active", "closed")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    """A measure as it stands in the document."""

    path: str
    id: str
    kind: str | None
    which: CaseCount | None
    of: str | None
    where: Where
    target: object
    variations: object
    opening: object
    comparator: Comparator
    title: Text


def read_measures(read: Reader, value: object, path: str, where: Where, targets: TargetReader) -> tuple[Measure, ...]:
    """All measures of one output; `where` is the output's own filter."""
    items = read.sequence(value, path) if value is not None else []
    written = [_written(read, item, join(path, index)) for index, item in enumerate(items)]
    read.unique([(join(one.path, "id"), one.id) for one in written])
    by_id = {one.id: one for one in written}
    return tuple(_with_target(one, _resolved(read, one, by_id, where), targets) for one in written)


def _with_target(one: _Written, measure: Measure, targets: TargetReader) -> Measure:
    agreed = targets.target(one.target, join(one.path, "target"), measure.kind)
    variations = targets.variations(one.variations, join(one.path, "variations"), measure.kind, agreed)
    return replace(
        measure,
        target=variations[-1].target.total if variations else agreed.total,
        agreed=agreed,
        variations=variations,
        opening=targets.opening(one.opening, join(one.path, "opening"), measure.kind),
    )


def _written(read: Reader, value: object, path: str) -> _Written:
    fields = read.mapping(value, path, required=("id",), optional=_OPTIONAL)
    of = read.slug(fields.get("of"), join(path, "of")) or None
    kind = read.one_of(fields.get("measure"), join(path, "measure"), UNITS, "") or None
    if fields and "measure" not in fields and "of" not in fields:
        read.fail(
            join(path, "measure"),
            "measure_missing",
            "Say what is measured: %(known)s; or of which measure this is a part (of).",
            known=", ".join(UNITS),
        )
    return _Written(
        path=path,
        id=read.slug(fields.get("id"), join(path, "id")),
        kind=kind,
        which=_which(read, fields.get("which"), join(path, "which"), kind),
        of=of,
        where=read_where(read, fields.get("where"), join(path, "where")),
        target=fields.get("target"),
        variations=fields.get("variations"),
        opening=fields.get("opening"),
        comparator=cast(
            "Comparator",
            read.one_of(fields.get("comparator"), join(path, "comparator"), ("at_least", "more_than"), "at_least"),
        ),
        title=read.text(fields.get("title"), join(path, "title")),
    )


def _which(read: Reader, value: object, path: str, kind: str | None) -> CaseCount | None:
    """Which cases are counted; said for cases, and for nothing else."""
    if kind != "cases":
        if value is not None:
            read.fail(path, "which_of_cases", "Only cases are counted as opened, active or closed. Leave it out here.")
        return None
    if value is None:
        read.fail(path, "which_missing", "Say which cases are counted: %(known)s.", known=", ".join(_CASES))
    return cast("CaseCount", read.one_of(value, path, _CASES, "opened"))


def _resolved(read: Reader, one: _Written, by_id: dict[str, _Written], where: Where) -> Measure:
    chain = _chain(read, one, by_id)
    kind = "share" if one.kind == "share" else chain[-1].kind or "sessions"
    _check_parts(read, one, chain)
    if one.of and one.kind and one.kind != kind:
        read.fail(
            join(one.path, "measure"), "measure_differs", "A part is measured like the whole: %(kind)s.", kind=kind
        )
    filters = (where, *(link.where for link in reversed(chain)))
    if one.kind == "cases" and any(condition != Where() for condition in filters):
        _refuse_conditions(read, one)
    if (impossible := never_matches(filters)) is not None:
        read.fail(
            join(one.path, f"where.{impossible}"),
            "never_matches",
            "No session can match this together with the filter above it.",
        )
    return Measure(
        id=one.id,
        kind=cast("MeasureKind", kind),
        target=None,
        comparator=one.comparator,
        filters=tuple(condition for condition in filters if condition != Where()),
        where=one.where,
        of=one.of,
        which=one.which,
        # The whole is checked in its own place.
        whole=_resolved(Reader(), chain[1], by_id, where) if _is_share_of(chain) else None,
        title=one.title,
    )


def _is_share_of(chain: list[_Written]) -> bool:
    return len(chain) > 1 and chain[0].kind == "share" and chain[1].kind != "share"


def _check_parts(read: Reader, one: _Written, chain: list[_Written]) -> None:
    """A share names its whole and its part, and neither shares nor cases have parts."""
    if one.kind == "share":
        if one.of is None:
            read.fail(join(one.path, "of"), "whole_missing", "Name in “of” the measure of which this is a share.")
        if one.where == Where():
            read.fail(join(one.path, "where"), "part_missing", "Say in “where” which part of it is meant.")
    if len(chain) > 1 and chain[1].kind in ("share", "cases"):
        read.fail(
            join(one.path, "of"), "no_parts", "“%(id)s” has no parts: it is a share, or counts cases.", id=chain[1].id
        )


def _refuse_conditions(read: Reader, one: _Written) -> None:
    path = join(one.path, "where") if one.where != Where() else join(one.path, "measure")
    read.fail(path, "cases_unfiltered", "Count cases without “where”: it asks for sessions and the people there.")


def _chain(read: Reader, one: _Written, by_id: dict[str, _Written]) -> list[_Written]:
    """The measure and, by its `of`, its parents up to the whole."""
    chain = [one]
    while (parent := chain[-1].of) is not None:
        if parent not in by_id:
            if len(chain) == 1:
                read.fail(
                    join(one.path, "of"),
                    "unknown_measure",
                    "There is no measure “%(id)s” in this indicator. There are: %(known)s.",
                    id=parent,
                    known=", ".join(sorted(by_id)),
                )
            break
        if by_id[parent] in chain:
            read.fail(join(one.path, "of"), "circular", "“%(id)s” is in the end a part of itself.", id=one.id)
            break
        chain.append(by_id[parent])
    return chain
