"""The command, the parent of the server and the loader of the demo hold no database library and nothing else heavy."""

import subprocess
import sys

HEAVY = ("sqlalchemy", "flask", "scipy", "numpy", "openpyxl", "typst")


def test_the_command_and_the_loader_of_the_demo_load_nothing_heavy() -> None:
    program = "import sys, services.cli, deploy.demo.loader; print(*{name.split('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.split()
    assert not set(HEAVY) & set(loaded)
