"""Consumers that share the work come and go, and every entry counts once, soon."""

import pytest

from deploy.stack.stack import Stack
from tests.chaos.failover import failover


def test_two_consumers_of_which_one_dies_one_joins_and_one_wakes_late_leave_no_gap_and_no_double(
    stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = failover(stack)
    with capsys.disabled():
        print("\n" + "\n".join(seen.lines()))
    assert seen.problems == []
    assert len(seen.delays) == seen.entries > 100
