"""The questionnaires that outcomes may name, and which way each improves; None for those asked only afterwards.

The sets of the Beat Drugs Fund (BDF) are named by their numbers.
"""

from collections.abc import Mapping
from typing import Literal

from services.reporting.indicators.research import Scale

INSTRUMENTS: Mapping[str, Literal["lower", "higher"] | None] = {
    "phq9": "lower",
    "bdf13": "higher",
    "bdf20": "higher",
    "bdf21": None,
}
NAMES: Mapping[str, Mapping[str, str]] = {
    "phq9": {"zh-Hant": "病人健康狀況問卷-9（PHQ-9）", "en": "PHQ-9"},
    "bdf13": {"zh-Hant": "禁毒基金十三號評估問卷", "en": "Beat Drugs Fund question set 13"},
    "bdf20": {"zh-Hant": "禁毒基金二十號評估問卷", "en": "Beat Drugs Fund question set 20"},
    "bdf21": {"zh-Hant": "禁毒基金二十一號評估問卷", "en": "Beat Drugs Fund question set 21"},
}
SCALES: Mapping[str, Scale] = {
    "phq9": Scale(lowest=0, highest=27, bands=(0, 5, 10, 15, 20), points=5),
    "bdf13": Scale(lowest=0, highest=10, ordinal=True, demo=True),
    "bdf20": Scale(lowest=0, highest=60, demo=True),
    "bdf21": Scale(lowest=1, highest=5, demo=True),
}
"""The ends of each scale, and for the PHQ-9 its bands of severity and the 5 points that are held to matter.

Source: domain.md section 5.2; the ranges of the sets are the case service's placeholders.
"""
