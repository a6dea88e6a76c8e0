"""Markdown: tables, and the places in hand-written pages where one stands that is made."""

import re
from collections.abc import Iterable, Mapping, Sequence

_BLOCK = re.compile(r"(<!-- made by make docs: ([a-z]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; a bar inside a cell would end it, so it is written in another way."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', '&#124;') for cell in line)} |\n" for line in lines)


def filled(page: str, blocks: Mapping[str, str]) -> str:
    """The page with each of its made blocks written anew; one that it has no place for is an error."""
    missing = blocks.keys() - {name for _, name, _ in _BLOCK.findall(page)}
    if missing:
        raise LookupError(f"No place for: {', '.join(sorted(missing))}")
    return _BLOCK.sub(lambda found: f"{found[1]}\n{blocks[found[2]]}\n{found[3]}", page)


def code(names: Iterable[str]) -> str:
    """Names as code, one after the other."""
    return ", ".join(f"`{name}`" for name in names)
