"""Small cells: what is held back is found out by nobody, not even by somebody who knows the rule."""

from collections.abc import Iterator, Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.reporting.indicators.suppression import LEAST, held_back

Counts = Sequence[int]


def fillings(cells: int, total: int) -> Iterator[tuple[int, ...]]:
    """Every way to share `total` people among cells that nobody left empty: a solver that knows no rule."""
    if cells == 1:
        yield (total,)
        return
    for first in range(1, total - cells + 2):
        for rest in fillings(cells - 1, total - first):
            yield (first, *rest)


def possible(counts: Counts, hidden: frozenset[int]) -> list[tuple[int, ...]]:
    """What a reader of the printed cells and of the whole must still hold possible, the rule being known."""
    places = sorted(hidden)
    found = []
    for filling in fillings(len(places), sum(counts[place] for place in places)):
        whole = list(counts)
        for place, count in zip(places, filling, strict=True):
            whole[place] = count
        if held_back(whole) == hidden:
            found.append(filling)
    return found


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ((5, 6, 7), ()),
        ((3, 20, 9), (0, 1)),
        ((20, 9, 3), (0, 2)),
        ((1, 1, 50), (0, 1, 2)),
        ((4, 4, 2, 8), (0, 1, 2, 3)),
        ((4, 5, 4, 4, 5), (0, 1, 2, 3)),
        ((4, 4, 4), None),
        ((3,), None),
        ((4, 5), None),
        ((), ()),
    ],
)
def test_small_cells_take_others_with_them(counts: Counts, hidden: Counts | None) -> None:
    assert held_back(counts) == (None if hidden is None else frozenset(hidden))


@given(st.lists(st.integers(1, 12), max_size=5))
@example([4, 5, 4, 4, 5])
def test_no_cell_that_is_held_back_follows_from_what_is_printed(counts: list[int]) -> None:
    hidden = held_back(counts)
    if hidden is None:
        return  # Nothing is printed but the whole.
    assert all(count >= LEAST for place, count in enumerate(counts) if place not in hidden)
    if not hidden:
        return
    # Without the rule: any two values of each cell. With it: only what the rule would have printed in the same way.
    total = sum(counts[place] for place in hidden)
    assert total > len(hidden) > 1
    ways = possible(counts, hidden)
    assert tuple(counts[place] for place in sorted(hidden)) in ways
    for values in zip(*ways, strict=True):
        assert len(set(values)) >= 2
