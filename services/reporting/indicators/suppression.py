"""Small cells of a breakdown by what people are: held back where it leaves the agency, so that nobody finds them out.

Rule (A002-26): in a breakdown by a personal attribute cells under five people are held back unless they are released
with a reason. The whole is a contract measure, and always prints; so a single empty cell would be the difference of
what is printed. Therefore further cells are held back with it (complementary suppression).
"""

from collections.abc import Sequence

LEAST = 5
"""The fewest people a cell may be about."""


def held_back(counts: Sequence[int], least: int = LEAST) -> frozenset[int] | None:
    """Which of the cells, each of at least one person, are not printed; None where no cell can be.

    Held back is whatever is under `least`, and then at least one cell after the first of these, round and round, until
    they come to `2 * least` people together: three small cells alone that come to 12 would be known to be 4 each. So
    the printed cells and the sum of all leave every cell that is held back more than one value, also to a reader who
    knows this rule: the choice of the further cells depends on where they stand, not on how large they are. Where all
    cells together are too few, none is printed.
    """
    hidden = {place for place, count in enumerate(counts) if count < least}
    if not hidden:
        return frozenset()
    first, small = min(hidden), len(hidden)
    others = [place for place in (*range(first + 1, len(counts)), *range(first)) if place not in hidden]
    while len(hidden) == small or sum(counts[place] for place in hidden) < 2 * least:
        if not others:
            return None
        hidden.add(others.pop(0))
    return frozenset(hidden)
