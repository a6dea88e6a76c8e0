"""The questionnaires this service can record, as data: versions, languages, range, and which way is better.

The sets of the Beat Drugs Fund (BDF) are named by their numbers. The ranges of sets 20 and 21 are placeholders for
demonstration: the items are not shipped, and an agency sets the range of the edition it uses.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A range of totals with a word of its own, from `lowest` to below the next band."""

    code: str
    lowest: int
    label: tuple[str, str]


PHQ9_BANDS = (
    Band(code="minimal", lowest=0, label=("Minimal", "極輕微")),
    Band(code="mild", lowest=5, label=("Mild", "輕度")),
    Band(code="moderate", lowest=10, label=("Moderate", "中度")),
    Band(code="moderately_severe", lowest=15, label=("Moderately severe", "中重度")),
    Band(code="severe", lowest=20, label=("Severe", "重度")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """`items` is the number of answers from which the total is scored here; without it only the total is entered."""

    instrument_id: str
    title: tuple[str, str]
    versions: tuple[str, ...]
    lowest: int
    highest: int
    better: Literal["lower", "higher"]
    items: int | None = None
    highest_answer: int = 0
    risk_item: int | None = None
    phases: tuple[str, ...] = ("pre", "post")
    languages: tuple[str, ...] = ("zh-Hant", "en")
    bands: tuple[Band, ...] = ()

    def band_of(self, total: int) -> str | None:
        """The code of the band that a total lies in; None where the instrument has none."""
        return next((band.code for band in reversed(self.bands) if total >= band.lowest), None)


_ALL = (
    Instrument(
        instrument_id="phq9",
        title=("PHQ-9", "病人健康狀況問卷 PHQ-9"),
        versions=("zh-HK-1", "en-1"),
        lowest=0,
        highest=27,
        better="lower",
        items=9,
        highest_answer=3,
        risk_item=9,
        bands=PHQ9_BANDS,
    ),
    Instrument(
        instrument_id="bdf13",
        title=("BDF set 13: contemplation ladder", "禁毒基金13號問卷（思動階梯）"),
        versions=("DEMO",),
        lowest=0,
        highest=10,
        better="higher",
    ),
    Instrument(
        instrument_id="bdf20",
        title=("BDF set 20: supporting a relative", "禁毒基金20號問卷（支援吸毒家人的能力）"),
        versions=("DEMO",),
        lowest=0,
        highest=60,
        better="higher",
    ),
    Instrument(
        instrument_id="bdf21",
        title=("BDF set 21: usefulness to practitioners", "禁毒基金21號問卷（業界同工）"),
        versions=("DEMO",),
        lowest=1,
        highest=5,
        better="higher",
        phases=("post",),
    ),
)
INSTRUMENTS: Mapping[str, Instrument] = {one.instrument_id: one for one in _ALL}
