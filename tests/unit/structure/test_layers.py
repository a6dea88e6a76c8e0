"""The layers are checked, and the check can fail: a planted violation of each contract is found."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

VIOLATIONS = {
    "shared": ("shared/clock.py", "import services.suite"),
    "independence": ("services/groups/app.py", "import services.case.app"),
    "composition": ("services/case/app.py", "import services.suite"),
    "pure": ("services/case/cases/domain.py", "import sqlalchemy"),
    "layers": ("services/case/cases/events.py", "import services.case.cases.domain"),
}


def lint(directory: Path) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    environment = {**os.environ, "PYTHONPATH": str(directory)}
    return subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in ("services", "shared"):
        shutil.copytree(
            ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "static", "templates")
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_layers_hold(copy: Path) -> None:
    result = lint(copy)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("contract", VIOLATIONS)
def test_a_planted_violation_is_found(copy: Path, contract: str) -> None:
    file, line = VIOLATIONS[contract]
    planted = copy / file
    planted.write_text(f"{planted.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")
    result = lint(copy)
    assert result.returncode == 1
    assert file.removesuffix(".py").replace("/", ".") in result.stdout
