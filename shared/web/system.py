"""The colour roles of the pages, as `static/system.css` says them."""

import re
from pathlib import Path

_SYSTEM = Path(__file__).parent / "static" / "system.css"


def colours() -> dict[str, tuple[str, str]]:
    """Return the light and the dark value of every colour role, each as `#rrggbb`."""
    pairs = re.findall(r"--([a-z-]+): light-dark\((#\w{6}), (#\w{6})\);", _SYSTEM.read_text(encoding="utf-8"))
    return {role: (light, dark) for role, light, dark in pairs}
