"""A small file system of its own, to be filled to the last byte."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class NoSmallDisk(RuntimeError):
    """File systems cannot be mounted here."""


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """Mount a file system of that size on a new directory that everybody may enter, for the length of the block."""
    with tempfile.TemporaryDirectory(prefix="caseledger-disk-") as name:
        directory = Path(name)
        directory.chmod(0o755)
        with _mounted(directory, megabytes):
            yield directory


@contextmanager
def _mounted(directory: Path, megabytes: int) -> Iterator[None]:
    size = f"size={megabytes}m"
    mounted = subprocess.run(  # noqa: S603
        ["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(directory)],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        raise NoSmallDisk(f"needs the right to mount a small file system: {mounted.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(directory)], check=True)  # noqa: S603, S607


def fill(file: Path) -> None:
    """Take all the room that is left; deleting the file gives it back."""
    with file.open("wb", buffering=0) as hog:
        for portion in (1 << 20, 1 << 12, 1):
            try:
                while hog.write(b"\0" * portion):
                    pass
            except OSError:
                continue
