"""What is installed holds every file that is read while it runs: a page that misses one is no page."""

import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

import shared.settings

ROOT = Path(shared.settings.__file__).parent.parent
NOT_READ = (".md", ".py", ".pyc")


@pytest.mark.parametrize("package", ["services", "shared", "deploy/demo", "deploy/kafka"])
def test_every_file_beside_the_code_is_packed_with_it(package: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = project["tool"]["setuptools"]["package-data"]["*"]
    files = [one for one in (ROOT / package).rglob("*") if one.is_file() and one.suffix not in NOT_READ]
    assert files
    left_out = [str(one.relative_to(ROOT)) for one in files if not any(fnmatch(one.name, each) for each in patterns)]
    assert left_out == []
