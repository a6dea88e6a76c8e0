"""Compiles message catalogues: `python -m shared.web.translations`, and at the start of an app what is out of date."""

import os
import sys
from collections.abc import Iterable
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

_ROOT = Path(__file__).resolve().parents[2]


def shared_folders() -> list[Path]:
    """Return the folders of the catalogues that every app uses."""
    return sorted((_ROOT / "shared").glob("*/translations"))


def all_folders() -> list[Path]:
    """Return the folders of all catalogues, the services' included."""
    return [*shared_folders(), *sorted((_ROOT / "services").glob("*/translations"))]


def compile_all(folders: Iterable[Path] | None = None) -> list[Path]:
    """Compile the catalogues that are newer than what was compiled from them; return those."""
    catalogues = [po for folder in (folders or all_folders()) for po in sorted(folder.glob("*/LC_MESSAGES/*.po"))]
    return [po for po in catalogues if _compile(po)]


def _compile(po: Path) -> bool:
    mo = po.with_suffix(".mo")
    if mo.exists() and mo.stat().st_mtime_ns >= po.stat().st_mtime_ns:
        return False
    with po.open("rb") as source:
        catalogue = read_po(source, locale=po.parts[-3], abort_invalid=True)
    replacement = po.with_suffix(f".{os.getpid()}.new")
    with replacement.open("wb") as target:
        write_mo(target, catalogue)
    replacement.replace(mo)
    return True


if __name__ == "__main__":
    for compiled in compile_all():
        sys.stdout.write(f"compiled {compiled.relative_to(_ROOT)}\n")
