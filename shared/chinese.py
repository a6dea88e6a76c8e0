"""Traditional and Simplified characters as one, for searching.

`variants.txt` (each Traditional character before its Simplified one) was made from OpenCC (Apache-2.0); it covers
Big5, HKSCS and GB 2312.
"""

import unicodedata
from functools import cache
from pathlib import Path


def simplified(text: str) -> str:
    """The text with every Traditional character in its Simplified form."""
    return text.translate(_variants())


def holds(text: str, part: str) -> bool:
    """Say whether `part` stands in `text`, whatever the case, the spaces, the width, and the form of the characters."""
    return _folded(part) in _folded(text)


def _folded(text: str) -> str:
    return "".join(simplified(unicodedata.normalize("NFKC", text).casefold()).split())


@cache
def _variants() -> dict[int, str]:
    pairs = (Path(__file__).parent / "variants.txt").read_text(encoding="utf-8").strip()
    return {ord(traditional): plain for traditional, plain in zip(pairs[::2], pairs[1::2], strict=True)}
