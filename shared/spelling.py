"""Names that are written differently and are the same: Traditional and Simplified, characters and their romanisation.

A name is kept under its keys, and what is typed is turned into keys too. A key of a romanised name carries a mark, so
that two names in characters which only sound alike are never taken for one:

- no mark: letters as typed, characters in their Simplified form;
- `=`: a name that was written in Latin letters;
- `~`: how a name in characters is read in Cantonese (as Hong Kong spells it) or Mandarin.

`readings.txt` (Cantonese readings, Mandarin readings, the characters read so) was made from rime-cantonese
(CC BY 4.0) and pypinyin (MIT); it holds the characters of Big5, HKSCS and GB 2312.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache
from itertools import islice, product
from pathlib import Path

from shared.chinese import simplified

MARKS = WRITTEN, READ = "=", "~"
_LONGEST_READ = 6
_MOST_KEPT, _MOST_ASKED = 48, 8
_READINGS = Path(__file__).with_name("readings.txt")

# How Hong Kong spells the sounds of Jyutping; what stands in neither list is spelt alike.
_INITIALS = {"b": "p", "d": "t", "g": "k", "gw": "kw", "z": "ch", "c": "ch", "j": "y"}
_FINALS = {
    "aai": "ai",
    "aau": "au",
    "aam": "am",
    "aan": "an",
    "aang": "ang",
    "aap": "ap",
    "aat": "at",
    "aak": "ak",
    "aa": "a",
    "ei": "i",
    "ou": "o",
    "oeng": "eung",
    "oek": "euk",
    "oet": "ut",
    "oe": "eu",
    "eoi": "ui",
    "eon": "un",
    "eot": "ut",
    "yun": "uen",
    "yut": "uet",
    "yu": "u",
}
_WHOLE = {"jyu": "yu", "jyun": "yuen", "jyut": "yuet"}
# Spellings of one sound that people use side by side; a syllable or a word is brought to the last one.
_LOOSE = (
    (re.compile("ts?z(?:e|(?![aeiou]))"), lambda _: "chi"),
    (re.compile("sz(?:e|(?![aeiou]))"), lambda _: "si"),
    (re.compile("(?<=[ln])(?:v|yu)"), lambda _: "u"),
    (re.compile("ts|tz"), lambda _: "ch"),
    (re.compile("sh"), lambda _: "s"),
    (re.compile("ee|(?<=[a-z])ey|(?<=[^aeiou])ei|(?<=[^aeiou])ay"), lambda _: "i"),
    (re.compile("oo"), lambda _: "u"),
    (re.compile("ow|ou"), lambda found: "au" if found[0] == "ow" else "o"),
    (re.compile("ue"), lambda _: "u"),
    (re.compile("(?<=[aeiou])h(?![aeiou])"), lambda _: ""),
    (re.compile("ck"), lambda _: "k"),
    (re.compile("yi"), lambda _: "i"),
)


def normalised(text: str) -> str:
    """The form in which names, aliases and phones are compared: no case, no spaces or hyphens, full width made half."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in folded if letter.isalnum())


def keys_of(name: str, *, read: bool = True) -> set[str]:
    """The keys under which a name, an alias or a phone number is kept; none for what has neither letter nor digit.

    Those of how characters are `read` may be left out where nobody asks for them.
    """
    plain = normalised(name)
    if not plain:
        return set()
    readings = _marked(READ, _readings(plain, _MOST_KEPT)) if read else set()
    return {plain, simplified(plain)} | readings | _marked(WRITTEN, _orders(name))


def asked_for(text: str) -> set[str]:
    """The keys of a name that is typed to find somebody: any of them is, or is part of, a key of whom it fits."""
    plain = normalised(text)
    if not plain:
        return set()
    # What holds a digit is a number: the letter in front of it is not the spelling of a name.
    orders = set() if any(letter.isdigit() for letter in plain) else _orders(text)
    written = {*orders, *_readings(plain, _MOST_ASKED)}
    return {plain, simplified(plain)} | _marked(READ, orders) | _marked(WRITTEN, written)


def finding(text: str) -> Callable[[str], bool]:
    """What says of a name whether it, or a part of it, is what was typed, in whatever way either is written."""
    asked = asked_for(text)
    read = any(part.startswith(READ) for part in asked)

    def finds(name: str) -> bool:
        return any(_fits(part, key) for key in keys_of(name, read=read) for part in asked)

    return finds


def _fits(part: str, key: str) -> bool:
    """A key with a mark fits one with the same mark only."""
    return part in key if part[0] not in MARKS else key[0] == part[0] and part[1:] in key


def begins(name: str, text: str) -> bool:
    """Say whether a name begins with what is typed, in whatever way either is written."""
    return any(key.startswith(part) for key in keys_of(name) for part in asked_for(text))


def loose(word: str) -> str:
    """A romanised word without the differences that people do not keep to: Tsui and Chui, Lee and Li, Wah and Wa."""
    for pattern, instead in _LOOSE:
        word = pattern.sub(instead, word)
    return word


def hong_kong(syllable: str) -> tuple[str, ...]:
    """How Hong Kong spells a syllable of Jyutping without its tone, the usual way first: `zan` is Chan, or Chun."""
    found = re.fullmatch("(ng|gw|kw|[bpmfdtnlgkhwzcsj]?)(.*)", syllable)
    assert found is not None
    initial, final = found.groups()
    if not re.search("[aeiou]", final):
        return ("ng",)
    if initial + final in _WHOLE:
        return (_WHOLE[initial + final],)
    spelt = _INITIALS.get(initial, initial) + _FINALS.get(final, final)
    return (spelt, spelt.replace("a", "u")) if final in ("an", "am") else (spelt,)


def _words(text: str) -> list[str]:
    """The words in Latin letters, without case and accents."""
    bare = unicodedata.normalize("NFKD", text).casefold()
    return re.findall("[a-z]+", "".join(letter for letter in bare if not unicodedata.combining(letter)))


def _orders(text: str) -> set[str]:
    """The words in Latin letters as one: as written, and with the surname, which may stand last, in front."""
    spelt = [loose(word) for word in _words(text)]
    return {"".join(spelt), "".join([*spelt[-1:], *spelt[:-1]])} - {""}


def _marked(mark: str, keys: Iterable[str]) -> set[str]:
    return {mark + key for key in keys}


def _readings(plain: str, most: int) -> set[str]:
    """How the characters of a name are read, loosely spelt; nothing for one alone: too many names sound like it."""
    read = [_read()[letter] for letter in plain if letter in _read()]
    if not 1 < len(read) <= _LONGEST_READ:
        return set()
    # A surname may have a reading of its own; elsewhere the usual ones do.
    choices = ([one[language][: 6 if n == 0 else 4] for n, one in enumerate(read)] for language in (0, 1))
    return {"".join(one) for language in choices for one in islice(product(*language), most)}


@cache
def _read() -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """The loose readings of each character: Cantonese, Mandarin."""
    found: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
    syllable, spellings = cache(loose), cache(hong_kong)  # Not for names: nothing is to remember those.
    for line in _READINGS.read_text(encoding="utf-8").splitlines():
        cantonese, mandarin, characters = line.split(" ")
        spelt = [spelling for one in cantonese.split(",") if one != "-" for spelling in spellings(one)]
        here = tuple(dict.fromkeys(map(syllable, spelt)))
        there = tuple(dict.fromkeys(syllable(one) for one in mandarin.split(",") if one != "-"))
        found.update(dict.fromkeys(characters, (here, there)))
    return found
