"""What was chosen on the page, parted by service. Pure."""

from collections.abc import Iterable
from typing import Any

SERVICES = ("case", "groups", "outreach")


def chosen(values: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """The versions chosen, by the service that holds them; a value is `service:unit_id:version`, others are ignored."""
    found: dict[str, list[dict[str, Any]]] = {}
    for value in dict.fromkeys(values):
        match value.split(":"):
            case [name, unit_id, version] if name in SERVICES and unit_id and version.isdecimal():
                found.setdefault(name, []).append({"unit_id": unit_id, "version": int(version)})
            case _:
                continue
    return found


def together(answers: dict[str, dict[str, Any]], part: str) -> list[dict[str, Any]]:
    """One list of what the services answered, the oldest first; each line says which service holds it."""
    lines = ({**line, "service": name} for name, answer in answers.items() for line in answer[part])
    return sorted(lines, key=lambda line: (line["on"], line["unit_id"]))
