"""A pytest plugin: the run is void when any of our modules came from elsewhere than the directory it runs in."""

import sys
from pathlib import Path

import pytest

OURS = ("services", "shared", "deploy", "tests")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    here = Path.cwd().resolve()
    files = {name: file for name, module in list(sys.modules.items()) if (file := getattr(module, "__file__", None))}
    ours = {name: Path(file).resolve() for name, file in files.items() if name.partition(".")[0] in OURS}
    strays = sorted(name for name, file in ours.items() if not file.is_relative_to(here))
    if strays or "services.suite" not in ours:
        pytest.exit(f"Not imported from {here}: {', '.join(strays) or 'services.suite'}", returncode=4)
