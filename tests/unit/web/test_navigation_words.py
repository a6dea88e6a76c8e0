"""The frame around a page reads the same on the pages of every service."""

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from shared.web.navigation import LOG, PLACES

ROOT = Path(__file__).parents[3]
CHINESE = Path("translations", "zh_Hant_HK", "LC_MESSAGES", "messages.po")


def catalogue(file: Path) -> Catalog:
    with file.open("rb") as opened:
        return read_po(opened)


def test_no_service_calls_a_place_of_the_navigation_by_another_word() -> None:
    frame = catalogue(ROOT / "shared" / "web" / CHINESE)
    wordings = {
        (str(place.label), message.string)
        for file in sorted((ROOT / "services").glob(f"*/{CHINESE}"))
        for place in (*PLACES, *LOG)
        if (message := catalogue(file).get(str(place.label))) is not None
    }
    assert {(label, word) for label, word in wordings if word != frame[label].string} == set()
