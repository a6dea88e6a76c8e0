"""The discreet view: a page without a word about drugs, for a screen that others can see.

The words and what stands in their place are in `static/discreet.json`, so that the switch works on an open page too.
What is typed by people (titles, notes) is covered as well; only what a form would send back stays as it is, and is
shown as dots until it is touched.
"""

import json
import re
from functools import cache
from pathlib import Path

WORDS = Path(__file__).parent / "static" / "discreet.json"

_PARTS = re.compile(r"<textarea\b[^>]*>.*?</textarea>|<[^>]*>|[^<]+", re.DOTALL)
_SHOWN = re.compile(r'(?<=\s)((?:title|aria-label|aria-valuetext|placeholder|alt|label|data-label)=")([^"]*)')
_TYPED = re.compile(r"<(?:input|textarea)\b")


def veiled(html: str) -> str:
    """Return a page of ours without the words; addresses and the values of forms stay as they are."""
    return _PARTS.sub(lambda part: _veil(part[0]), html) if _words()[0].search(html) else html


def plain(text: str) -> str:
    """Return a text with each word replaced by a harmless one."""
    pattern, instead = _words()
    return pattern.sub(lambda found: _like(found[0], instead[found[0].lower()]), text)


def _veil(part: str) -> str:
    if not part.startswith("<"):
        return plain(part)
    shown = _SHOWN.sub(lambda found: found[1] + plain(found[2]), part)
    if _TYPED.match(shown) and _words()[0].search(shown):
        return _TYPED.sub(lambda found: f"{found[0]} data-veiled", shown, count=1)
    return shown


def _like(found: str, instead: str) -> str:
    return instead[:1].upper() + instead[1:] if found[:1].isupper() else instead


@cache
def _words() -> tuple[re.Pattern[str], dict[str, str]]:
    """Every word as one pattern, the longest first, and what stands in its place."""
    instead: dict[str, str] = json.loads(WORDS.read_text(encoding="utf-8"))
    longest_first = sorted(instead, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE), instead
