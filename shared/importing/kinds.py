"""What a service says of one kind of thing that is imported: its columns, what tells two apart, how one is saved."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import Connection

from shared.auth.identity import Identity
from shared.errors import FieldError, Invalid
from shared.eventstore import CommandMeta
from shared.importing.cells import Cell, Parse, Unfit, code_of, codes_of, day, short
from shared.service import Service

Labels = Mapping[str, tuple[str, str]]
Values = Mapping[str, Any]
"""What one row says, by the names of the columns."""


class Doubt(Protocol):
    """Something worth a second look, which holds a row back until somebody has looked."""

    @property
    def code(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def params(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its label in English and Chinese, other headings it goes by, and how its cells are read."""

    name: str
    label: tuple[str, str]
    parse: Parse = short
    required: bool = False
    example: str = ""
    also: tuple[str, ...] = ()
    codes: Labels | None = None

    @property
    def headings(self) -> tuple[str, ...]:
        return (*self.label, self.heading, self.name, *self.also)

    @property
    def heading(self) -> str:
        """The bilingual heading of a template."""
        return f"{self.label[1]} {self.label[0]}"


def coded(name: str, label: tuple[str, str], codes: Labels, *, several: bool = False, **more: Any) -> Column:
    """A column of one code, or of several."""
    return Column(name=name, label=label, parse=codes_of(codes) if several else code_of(codes), codes=codes, **more)


REFERENCE = Column(
    name="reference",
    label=("Reference", "參考編號"),
    example="A-0001",
    also=("ref", "id", "編號"),
)
"""What the agency calls an entry itself: a corrected row with the same reference corrects the same entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where the rows of one step are worked on: the service, inside one transaction, for one team."""

    service: Service
    who: Identity
    team_id: str
    connection: Connection
    dry_run: bool
    known: Mapping[str, Any]
    """What `prepare` has found out before the transaction began."""


Save = Callable[[Desk, CommandMeta, str, int, Sequence[Values]], Sequence[Doubt]]
"""Records the entry of these rows, or corrects it when its version is not 0; returns what is doubtful.

Raises what the service's own command raises; a path `participants.<n>` is about the n-th row of several.
"""


def _nothing(_service: Service, _who: Identity, _rows: Sequence[Values]) -> Mapping[str, Any]:
    return {}


def _nobody(_desk: Desk, _values: Values) -> str | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of thing that can be imported.

    `key` is what tells one entry from another where a row has no reference of its own. With `part`, several rows make
    one entry, and it tells them apart inside it; in the columns `agreeing` all of them say the same. `find` knows an
    entry that was there before any import. `prepare` asks other services, before a transaction begins. `paths` says
    which column a field of the command comes from.
    """

    name: str
    label: tuple[str, str]
    prefix: str
    columns: tuple[Column, ...]
    key: Callable[[Values], Sequence[object] | None]
    save: Save
    paths: Mapping[str, str] = field(default_factory=dict)
    part: Callable[[Values], Sequence[object]] | None = None
    agreeing: tuple[str, ...] = ()
    find: Callable[[Desk, Values], str | None] = _nobody
    prepare: Callable[[Service, Identity, Sequence[Values]], Mapping[str, Any]] = _nothing

    def column(self, name: str) -> Column:
        return next(one for one in self.columns if one.name == name)

    def column_of(self, path: str) -> str:
        """The column that a field of the command comes from; an empty text when it comes from none."""
        names = {one.name for one in self.columns}
        while path:
            for one in (path, path.removeprefix("participants.")):
                if one in self.paths or one in names:
                    return self.paths.get(one, one)
            path = path.rpartition(".")[0]
        return ""


def read_row(
    kind: Kind, mapping: Mapping[str, int], cells: Sequence[Cell], *, since_1904: bool = False
) -> dict[str, Any]:
    """What a row says; raises `Invalid` with every wrong cell. `mapping` says where each column stands."""
    values: dict[str, Any] = {}
    wrong: list[FieldError] = []
    for column in kind.columns:
        place = mapping.get(column.name)
        cell = cells[place] if place is not None and place < len(cells) else None
        try:
            value = day(cell, since_1904=since_1904) if column.parse is day else column.parse(cell)
            if column.required and value in (None, ()):
                raise Unfit("required", "Please fill this in.")
            values[column.name] = value
        except Unfit as unfit:
            wrong.append(unfit.at(column.name))
    if wrong:
        raise Invalid.of(wrong)
    return values
