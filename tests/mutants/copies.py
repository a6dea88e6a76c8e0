"""A copy of the source in which tests run and lines change, so that the tree itself stays as it is."""

import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.mutants.mutant import Mutant
from tests.mutants.mutants import ROOT, acceptance_tests

COPIED = ("services", "shared", "deploy", "tests")
LONGEST = 900.0
"""Seconds after which a run is given up; a mutant may never end."""


@dataclass(frozen=True, slots=True)
class Run:
    """What pytest said: its exit code, how many tests passed, and each failure's and error's first line."""

    code: int
    passed: int
    failures: tuple[str, ...]
    errors: tuple[str, ...]
    output: str

    @property
    def green(self) -> bool:
        return self.code == 0 and self.passed > 0

    @property
    def failed_an_assertion(self) -> bool:
        """Failed because something asserted does not hold, and not because anything broke on the way."""
        asserted = all(message.startswith(("assert ", "AssertionError")) for message in self.failures)
        crashed = any("(500, " in message for message in self.failures)
        return self.code == 1 and bool(self.failures) and not self.errors and asserted and not crashed


class Copy:
    """A copy in a directory; data that takes long to make is made by its first run and kept beside it."""

    def __init__(self, directory: Path) -> None:
        self._tree, self._kept, self._scratch = (directory / name for name in ("tree", "kept", "scratch"))
        self._kept.mkdir()
        for name in COPIED:
            shutil.copytree(ROOT / name, self._tree / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy2(ROOT / "pyproject.toml", self._tree)
        self._files = acceptance_tests(self._tree)

    def run(self, tests: Sequence[tuple[str, str | None]], *, keep_bytecode: bool = False) -> Run:
        """Run these tests, each a name and perhaps one of its cases, up to the first that fails."""
        ids = [f"{self._files[name]}::{name}{f'[{case}]' if case else ''}" for name, case in tests]
        told = self._scratch.with_suffix(".xml")
        told.unlink(missing_ok=True)
        options = ["-x", "-q", "--tb=short", "-p", "no:cacheprovider", "-p", "tests.mutants.origin"]
        command = [sys.executable, "-m", "pytest", *options, f"--basetemp={self._scratch}", f"--junitxml={told}", *ids]
        environment = {**os.environ, "PYTHONPATH": str(self._tree), "CASELEDGER_TEST_KEPT": str(self._kept)}
        environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # None is needed here, and they are slow to load.
        # Only the run of the unchanged copy leaves bytecode, so that none of a mutant is ever taken for the original.
        environment |= {} if keep_bytecode else {"PYTHONDONTWRITEBYTECODE": "1"}
        try:
            done = subprocess.run(
                command, cwd=self._tree, env=environment, capture_output=True, text=True, check=False, timeout=LONGEST
            )
        except subprocess.TimeoutExpired:
            return Run(-1, 0, (), ("never ended",), "")
        return _told(done, told)

    @contextmanager
    def changed(self, mutant: Mutant) -> Iterator[None]:
        """The copy with one changed line."""
        path = self._tree / mutant.file
        text, times = path.read_text(encoding="utf-8"), path.stat()
        path.write_text(mutated(text, mutant), encoding="utf-8")
        try:
            yield
        finally:
            path.write_text(text, encoding="utf-8")
            os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def mutated(text: str, mutant: Mutant) -> str:
    """The text with the change made; `ValueError` unless the old text stands in it exactly once, on one line."""
    if text.count(mutant.old) != 1 or "\n" in mutant.old or "\n" in mutant.new or mutant.old == mutant.new:
        raise ValueError(f"{mutant.file}: {mutant.old!r} stands there {text.count(mutant.old)} times, not once.")
    return text.replace(mutant.old, mutant.new)


def _told(done: subprocess.CompletedProcess[str], told: Path) -> Run:
    cases = list(ET.parse(told).iter("testcase")) if told.exists() else []
    failures = tuple(_first_line(one) for case in cases for one in case.findall("failure"))
    errors = tuple(_first_line(one) for case in cases for one in case.findall("error"))
    passed = sum(len(case) == 0 for case in cases)
    return Run(done.returncode, passed, failures, errors, done.stdout + done.stderr)


def _first_line(element: ET.Element) -> str:
    return (element.get("message") or "").partition("\n")[0]
