"""`make mutants`: every acceptance test fails under the change of one line that the table names for it.

`python -m tests.mutants a002_04 ax_07` runs those whose names contain one of the words.
"""

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from tests.mutants.copies import Copy, Run
from tests.mutants.mutant import Mutant
from tests.mutants.mutants import MUTANTS


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one mutant."""

    mutant: Mutant
    run: Run
    seconds: float

    @property
    def word(self) -> str:
        if self.run.failed_an_assertion:
            return "killed"
        return "survived" if self.run.green else "broken"

    @property
    def why(self) -> str:
        """What was asserted in vain; of a mutant that broke otherwise, how."""
        said = (*self.run.failures, *self.run.errors)
        return said[0] if said else "" if self.run.green else self.run.output.strip().rpartition("\n")[2]


def main(words: Sequence[str]) -> int:
    """Run the chosen mutants one after another; a word that names none is an error."""
    console = Console()
    unknown = [word for word in words if not any(word in mutant.test for mutant in MUTANTS)]
    if unknown:
        console.print(f"No acceptance test is named like this: {', '.join(unknown)}", style="red")
        return 2
    chosen = [one for one in MUTANTS if not words or any(word in one.test for word in words)]
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with TemporaryDirectory(prefix="mutants-") as directory, Progress(*columns, console=console) as progress:
        task = progress.add_task("the tests as they are", total=len(chosen) + 1)
        copy, started = Copy(Path(directory)), time.monotonic()
        unchanged = copy.run([(name, None) for name in dict.fromkeys(one.test for one in chosen)], keep_bytecode=True)
        if not unchanged.green:
            console.print(escape(unchanged.output))
            console.print("The tests do not pass as they are, so nothing can be said of mutants.", style="red")
            return 2
        console.print(f"{unchanged.passed} tests pass as they are, in {time.monotonic() - started:.0f} s.")
        progress.advance(task)
        verdicts = []
        for verdict in _judged(copy, chosen, progress, task):
            verdicts.append(verdict)
            progress.advance(task)
    Console(width=140).print(_table(verdicts))
    killed = sum(verdict.word == "killed" for verdict in verdicts)
    console.print(f"{killed} of {len(verdicts)} mutants killed, in {time.monotonic() - started:.0f} s.")
    return 0 if killed == len(verdicts) else 1


def _judged(copy: Copy, mutants: Sequence[Mutant], progress: Progress, task: TaskID) -> Iterator[Verdict]:
    for mutant in mutants:
        progress.update(task, description=mutant.test.removeprefix("test_")[:40])
        started = time.monotonic()
        with copy.changed(mutant):
            run = copy.run([(mutant.test, mutant.case)])
        yield Verdict(mutant, run, time.monotonic() - started)


def _table(verdicts: Sequence[Verdict]) -> Table:
    table = Table("test", "the rule that was broken", "", "s", "what the test said")
    styles = {"killed": "green", "survived": "bold red", "broken": "bold yellow"}
    for one in verdicts:
        word = f"[{styles[one.word]}]{one.word}[/]"
        cells = (escape(one.mutant.test.removeprefix("test_")), escape(one.mutant.rule))
        table.add_row(*cells, word, f"{one.seconds:.0f}", escape(one.why[:100]))
    return table


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
