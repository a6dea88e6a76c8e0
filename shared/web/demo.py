"""What the pages of a demo say of it: how much is loaded, and who may sign in. The loader writes it, pages read it.

The file `demo-loaded` in the data directory holds JSON: `done` and `of` (requests), `finished`, `password`, and
`sign_ins` (user name and role). Nothing of this exists where the data directory is no demo.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = "demo-loaded"


@dataclass(frozen=True, slots=True)
class Demo:
    """How far the demo of this data directory is loaded."""

    done: int
    of: int
    finished: bool
    password: str
    sign_ins: tuple[tuple[str, str], ...]

    @property
    def percent(self) -> int:
        """How much is loaded; 100 only when all is."""
        return 100 if self.finished else min(99, 100 * self.done // max(self.of, 1))


def read_state(data: Path) -> dict[str, Any]:
    """Return what the loader last wrote, empty before it has begun."""
    try:
        state: dict[str, Any] = json.loads((data / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return state


def write_state(data: Path, state: dict[str, Any]) -> None:
    """Write how far the load is; a reader sees the old state or the new one, never half of it."""
    new = data / f"{FILE}.new"
    new.write_text(json.dumps(state, ensure_ascii=False), encoding="utf-8")
    new.replace(data / FILE)


def demo_of(data: Path) -> Demo:
    """Return the demo of a data directory that was made as one."""
    state = read_state(data)
    return Demo(
        done=state.get("done", 0),
        of=state.get("of", 0),
        finished=state.get("finished", False),
        password=state.get("password", ""),
        sign_ins=tuple((name, role) for name, role in state.get("sign_ins", ())),
    )
