"""Time is a port: domain code is handed the time, and only a data directory made as a demo may move it."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

HONG_KONG = ZoneInfo("Asia/Hong_Kong")


class Clock(Protocol):
    """What tells the time: an aware datetime in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class DemoClock:
    """The clock of a demo's data directory: it stands where the loader set it, and runs with the machine's otherwise.

    The file `demo-clock` in that directory holds the time the loader set; every process of the demo reads it there.
    """

    def __init__(self, directory: Path) -> None:
        self._file = directory / "demo-clock"
        self._seen: tuple[int, datetime] | None = None

    def now(self) -> datetime:
        try:
            stamp = self._file.stat().st_mtime_ns
        except FileNotFoundError:
            return datetime.now(UTC)
        if self._seen is None or self._seen[0] != stamp:
            self._seen = (stamp, datetime.fromisoformat(self._file.read_text(encoding="utf-8")))
        return self._seen[1]

    def set(self, moment: datetime) -> None:
        """Stand still at `moment` (aware)."""
        replacement = self._file.with_suffix(".new")
        replacement.write_text(moment.astimezone(UTC).isoformat(), encoding="utf-8")
        replacement.replace(self._file)

    def release(self) -> None:
        """Run with the machine's clock from now on."""
        self._file.unlink(missing_ok=True)


def local_date(moment: datetime) -> date:
    """The Hong Kong date of an aware moment; it decides the period a service belongs to."""
    return moment.astimezone(HONG_KONG).date()
