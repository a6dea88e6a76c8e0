"""A process whose work hangs ends by itself; one whose work turns does not."""

import subprocess
import sys

from shared.watchdog import EXIT_CODE

HANGS = """
import threading
from shared.watchdog import Watchdog
with Watchdog(0.3) as watchdog:
    watchdog.beat()
    threading.Event().wait(60)
"""
TURNS = """
import time
from shared.watchdog import Watchdog
with Watchdog(3) as watchdog:
    for _ in range(40):
        watchdog.beat()
        time.sleep(0.1)
time.sleep(3.5)
"""


def run(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)


def test_a_process_that_hangs_ends_and_says_where_it_stood() -> None:
    ended = run(HANGS)
    assert ended.returncode == EXIT_CODE
    assert "process.hangs" in ended.stdout + ended.stderr
    assert "__main__:6" in ended.stdout + ended.stderr


def test_a_process_that_turns_goes_on_also_when_nobody_watches_it_any_more() -> None:
    assert run(TURNS).returncode == 0
