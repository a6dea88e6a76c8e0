"""The table of mutants cannot rot: it names every acceptance test, and each of its changes can be made."""

from pathlib import Path

import pytest

from tests.mutants.copies import mutated
from tests.mutants.mutant import Mutant
from tests.mutants.mutants import MUTANTS, acceptance_tests

ROOT = Path(__file__).parents[3]


def test_every_acceptance_test_has_a_mutant_and_every_mutant_a_test() -> None:
    assert {mutant.test for mutant in MUTANTS} == set(acceptance_tests(ROOT))


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: f"{mutant.test[5:12]}-{mutant.rule}")
def test_the_old_text_of_a_mutant_stands_once_in_its_file(mutant: Mutant) -> None:
    text = (ROOT / mutant.file).read_text(encoding="utf-8")
    assert compile(mutated(text, mutant), mutant.file, "exec")


def test_a_change_that_cannot_be_made_once_is_refused() -> None:
    mutant = Mutant("test", "file", "a", "b", "rule")
    for text in ("", "a a"):
        with pytest.raises(ValueError, match="not once"):
            mutated(text, mutant)
