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
