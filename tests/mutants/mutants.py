"""The table of mutants: for every acceptance test, a change of one line of the rule it guards under which it fails.

`make mutants` applies each change in a copy of the source and expects the test to fail; a structure test keeps the
table whole.
"""

import ast
from pathlib import Path

from tests.mutants.counting import COUNTING
from tests.mutants.mutant import Mutant
from tests.mutants.promises import PROMISES

ROOT = Path(__file__).parents[2]
ACCEPTANCE = Path("tests/integration/acceptance")

MUTANTS: tuple[Mutant, ...] = (*COUNTING, *PROMISES)


def acceptance_tests(root: Path = ROOT) -> dict[str, Path]:
    """Every acceptance test by its name, with the file it stands in, in the order of the files."""
    return {
        node.name: path.relative_to(root)
        for path in sorted((root / ACCEPTANCE).glob("test_*.py"))
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }
