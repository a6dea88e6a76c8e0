"""How an event type is declared: a frozen dataclass with an explicit name and version.

The name is stored with every event and never follows the class: a class may move, a fact may not change its name.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar, dataclass_transform

T = TypeVar("T")

Sealed = Annotated[T, "sealed"]
"""A field that never leaves its service: it is stored encrypted with the key of the event's subject, and reads
as None once that key was destroyed."""


@dataclass_transform(frozen_default=True, kw_only_default=True)
def event(name: str, *, version: int = 1, subject: str | None = None) -> Callable[[type[T]], type[T]]:
    """Declare an event type.

    `name` and `version` are stored; `subject` names the public field that holds whose key seals the sealed fields
    (a person, a contact token, or the entry itself when a note is about several people).
    """

    def declare(cls: type[T]) -> type[T]:
        cls.__event_type__ = name  # type: ignore[attr-defined]
        cls.__event_version__ = version  # type: ignore[attr-defined]
        cls.__sealed_subject__ = subject  # type: ignore[attr-defined]
        return dataclass(frozen=True, slots=True, kw_only=True)(cls)

    return declare
