"""The questionnaires that outcomes may name, and which way each improves; None for those asked only afterwards.

The sets of the Beat Drugs Fund (BDF) are named by their numbers.
"""

from collections.abc import Mapping
from typing import Literal

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
