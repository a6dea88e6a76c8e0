"""What somebody should look at again before, or after, something is saved; it does not stand in the way. Pure."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A coded remark with its message in plain English, and the field it is about."""

    code: str
    message: str
    path: str | None = None
    params: dict[str, object] = field(default_factory=dict)
