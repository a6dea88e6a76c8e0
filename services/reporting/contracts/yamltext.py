"""From the text of a YAML document to plain values, refusing what a careless hand or a hostile one may write."""

from collections.abc import Hashable
from datetime import date, datetime
from typing import Any

import yaml

from shared.errors import Invalid


class _Loader(yaml.SafeLoader):
    """The safe loader, less anchors (a small text could stand for a huge one) and keys given twice."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(problem="anchors are not used here", problem_mark=mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem=f"“{key.value}” is given twice", problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def load(text: str) -> Any:
    """The values of a YAML text; raises `Invalid` with the line where it cannot be read."""
    try:
        return yaml.load(text, _Loader)  # noqa: S506 (a subclass of the safe loader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        raise Invalid(
            "yaml_unreadable",
            "This is not readable YAML (line %(line)s: %(problem)s).",
            field="yaml",
            line=mark.line + 1 if mark else "?",
            problem=str(getattr(error, "problem", None) or "it cannot be read")[:200],
        ) from error


def as_json(value: Any) -> Any:
    """The same values as JSON has them: dates in ISO form, names of fields as text."""
    if isinstance(value, dict):
        return {str(key): as_json(one) for key, one in value.items()}
    if isinstance(value, list):
        return [as_json(one) for one in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value
