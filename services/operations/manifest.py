"""What a backup says of itself: its files with their digests, and how far each store reached."""

import hashlib
from pathlib import Path

import msgspec

from services.operations.refusal import Refused

NAME = "manifest.json"
FORMAT = 1


class CopiedDatabase(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a backup. `head`: the last position of a service's store; the accounts have none."""

    database: str
    dialect: str
    file: str
    size: int
    sha256: str
    head: int | None = None


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """All that a backup holds. `demo` says that its clock may be moved."""

    format: int
    made_at: str
    version: str
    demo: bool
    databases: list[CopiedDatabase]


def described(database: str, dialect: str, file: Path, head: int | None) -> CopiedDatabase:
    """Describe a file that is complete."""
    size, digest = file.stat().st_size, _digest(file)
    return CopiedDatabase(database=database, dialect=dialect, file=file.name, size=size, sha256=digest, head=head)


def write_manifest(directory: Path, manifest: Manifest) -> None:
    """Written last: a directory without it is no backup."""
    (directory / NAME).write_bytes(msgspec.json.format(msgspec.json.encode(manifest)))


def read_manifest(directory: Path) -> Manifest:
    """Read a backup's manifest, and check every file against it; raises `Refused`."""
    try:
        manifest = msgspec.json.decode((directory / NAME).read_bytes(), type=Manifest)
    except (OSError, msgspec.MsgspecError) as error:
        raise Refused(f"{directory} is not a complete backup: {NAME} cannot be read ({error}).") from error
    if manifest.format != FORMAT:
        raise Refused(
            f"{directory} was made by another version ({manifest.version}), which wrote format {manifest.format}."
        )
    for each in manifest.databases:
        file = directory / each.file
        if not file.is_file() or file.stat().st_size != each.size or _digest(file) != each.sha256:
            raise Refused(f"{file} is damaged or missing: it is not what {NAME} says. Use another backup.")
    return manifest


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
