"""`make docs`: write every page that is made, and say which of them changed."""

import os
import sys
import tempfile

from docs.making.changes import BrokenContract
from docs.making.pages import pages
from docs.making.published import ROOT
from shared import logs
from shared.settings import load_settings


def main() -> None:
    """Make the pages with the settings that a new installation has, whatever this one has."""
    for name in [name for name in os.environ if name.startswith("CASELEDGER_")]:
        del os.environ[name]
    logs.configure("CRITICAL")  # Finding out who reads what fills the log with unreadable messages.
    with tempfile.TemporaryDirectory(prefix="caseledger-docs-") as directory:
        os.environ["CASELEDGER_DATA"] = directory
        try:
            made = pages(load_settings())
        except BrokenContract as broken:
            sys.exit(str(broken))
    for path, text in made.items():
        before = (ROOT / path).read_text(encoding="utf-8") if (ROOT / path).exists() else None
        if text != before:
            (ROOT / path).write_text(text, encoding="utf-8")
            print(f"{path} is new." if before is None else f"{path} changed.")


if __name__ == "__main__":
    main()
