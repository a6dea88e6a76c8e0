"""A set of positions in one bit each: a million of them takes as much memory as a picture on a page."""

from collections import defaultdict

_BITS = 1 << 16


class Positions:
    """Positions seen so far. They lie in pages, so that a single far one costs no more than its page."""

    def __init__(self) -> None:
        self._pages: dict[int, bytearray] = defaultdict(lambda: bytearray(_BITS // 8))
        self._count = 0

    def __contains__(self, position: int) -> bool:
        page = self._pages.get(position // _BITS)
        return page is not None and bool(page[position % _BITS >> 3] & 1 << (position & 7))

    def __len__(self) -> int:
        return self._count

    def add(self, position: int) -> bool:
        """Add a position; say whether it is new."""
        page, place, bit = self._pages[position // _BITS], position % _BITS >> 3, 1 << (position & 7)
        if page[place] & bit:
            return False
        page[place] |= bit
        self._count += 1
        return True
