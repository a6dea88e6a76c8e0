"""The setup code: who can read the data directory may create agencies; the code proves it over HTTP."""

import hmac
import os
import secrets
from pathlib import Path

from shared.errors import Forbidden

_NAME = "setup-code"


def setup_code(data: Path) -> str:
    """Return the code of this data directory; it is made when first asked for, readable by its owner alone."""
    file = data / _NAME
    try:
        descriptor = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return file.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as target:
        code = "-".join(secrets.token_hex(3) for _ in range(5))
        target.write(f"{code}\n")
    return code


def check_setup_code(data: Path, given: str) -> None:
    """Raise Forbidden unless the code is right."""
    if not hmac.compare_digest(setup_code(data).encode(), given.strip().encode()):
        raise Forbidden("setup_code_wrong", "This is not the setup code of this installation.", field="setup_code")
