"""What was known on a day, whatever arrived, and also where the time of a message could not be read."""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as some
from sqlalchemy import delete, insert

from services.reporting import tables
from services.reporting.ledger.cuts import cut_on
from shared.clock import HONG_KONG
from shared.database import to_micros
from shared.service import Service

_FIRST = date(2021, 6, 1)
_TODAY = date(2021, 6, 30)
_HOURS = 24 * 6


class _Arrived(NamedTuple):
    """An event that has arrived: hours after the last one until it was recorded, and its time as far as it is known."""

    later: int
    unreadable_for: int | None
    """Hours until it was published, which is all that is known of its time, or None where the time could be read."""


_HISTORIES = some.lists(
    some.builds(_Arrived, some.integers(0, 9), some.none() | some.integers(0, _HOURS)), min_size=1, max_size=25
)


def _rows(history: list[_Arrived]) -> list[tuple[int, int, bool]]:
    """Position, time known (microseconds) and whether it is parked."""
    at, rows = datetime.combine(_FIRST, time(), tzinfo=HONG_KONG), []
    for position, each in enumerate(history, 1):
        at += timedelta(hours=each.later)
        rows.append(
            (position, to_micros(at + timedelta(hours=each.unreadable_for or 0)), each.unreadable_for is not None)
        )
    return rows


def test_a_day_ends_with_the_last_position_that_was_recorded_by_then(service: Service) -> None:
    @settings(max_examples=60, deadline=None)
    @given(history=_HISTORIES, day=some.integers(0, 12))
    def check(history: list[_Arrived], day: int) -> None:
        rows, end = _rows(history), _FIRST + timedelta(days=day)
        with service.database.write() as connection:
            for table in (tables.bus.arrival, tables.bus.parked, tables.bus.watermark):
                connection.execute(delete(table))
            connection.execute(insert(tables.bus.watermark), [{"service": "case", "position": len(rows)}])
            connection.execute(insert(tables.bus.arrival), [_arrival(*row) for row in rows])
            for position, _, is_parked in rows:
                if is_parked:
                    connection.execute(insert(tables.bus.parked), [_parked(position)])
        midnight = to_micros(datetime.combine(end + timedelta(days=1), time(), tzinfo=HONG_KONG))
        with service.database.read() as connection:
            known = cut_on(connection, end, _TODAY)["case"]
        assert known == max((position for position, known_at, _ in rows if known_at < midnight), default=0)

    check()


def _arrival(position: int, recorded_at: int, _: bool) -> dict[str, object]:
    return {
        "service": "case",
        "position": position,
        "event_id": f"event-{position}",
        "digest": b"",
        "recorded_at": recorded_at,
    }


def _parked(position: int) -> dict[str, object]:
    return {
        "event_id": f"event-{position}",
        "service": "case",
        "position": position,
        "stream_id": f"stream-{position}",
        "topic": "caseledger.case.events",
        "reason": "cannot be read",
        "value": b"{}",
        "published_at": 0,
    }
