"""The contracts of the demo: YAML documents beside this file."""

from datetime import date
from pathlib import Path
from string import Template
from typing import Any, cast

import yaml

_FOLDER = Path(__file__).parent / "contracts"


def document(name: str, **dates: date) -> dict[str, Any]:
    """Return a contract as JSON would hold it; `dates` fill a document that is dated relative to today."""
    text = Template((_FOLDER / f"{name}.yaml").read_text(encoding="utf-8")).substitute(
        {key: value.isoformat() for key, value in dates.items()}
    )
    return cast("dict[str, Any]", _plain(yaml.safe_load(text)))


def _plain(value: Any) -> Any:
    """YAML reads 2018-06-01 as a date; JSON has none."""
    match value:
        case dict():
            return {key: _plain(inner) for key, inner in value.items()}
        case list():
            return [_plain(inner) for inner in value]
        case date():
            return value.isoformat()
        case _:
            return value
