"""What somebody has before them and has lately done, as each recording service says it of its own entries. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from shared.clock import HONG_KONG
from shared.serviceunit.unit import ServiceUnit

AHEAD = timedelta(days=14)
"""How far ahead what is planned is shown."""
BEHIND = timedelta(days=60)
"""How long what was planned and not recorded is asked after."""
LATELY = timedelta(days=7)
"""How long entries that share time are pointed out."""


def agenda(
    units: Iterable[ServiceUnit], worker_id: str, today: date, address: str, titles: Mapping[str, str]
) -> dict[str, list[dict[str, Any]]]:
    """Of this worker's `units`: what is planned, and what was held lately at a known time.

    `address` is where the entries of the service lie; `titles` are those of cases or groups, by their ids.
    """
    own = [unit for unit in units if worker_id in unit.served_by]
    planned = [unit for unit in own if unit.status == "planned" and -BEHIND <= unit.occurred_on - today <= AHEAD]
    held = [unit for unit in own if unit.status == "held" and unit.starts_at and unit.occurred_on >= today - LATELY]
    return {
        "planned": [_line(unit, address, titles) for unit in planned],
        "held": [_line(unit, address, titles) for unit in held],
    }


def overdue(units: Iterable[ServiceUnit], address: str, titles: Mapping[str, str]) -> list[dict[str, Any]]:
    """What is planned, as a leader is told of it when its day has passed: whose it is and by whom, not for whom."""
    return [
        {
            **{name: told for name, told in _line(unit, address, titles).items() if name != "person_ids"},
            "team_id": unit.team_id,
            "workers": list(unit.served_by),
            "contracts": [segment.contract_id for segment in unit.segments],
        }
        for unit in units
    ]


def as_doubts(lines: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What is `overdue` as every doubt is told: which entry, of which day, whose, and where it is put right."""
    told = ("on", "team_id", "workers", "contracts", "address")
    return [{"about": one["address"].rsplit("/", 1)[-1], **{name: one[name] for name in told}} for one in lines]


def to_hand_over(
    units: Iterable[ServiceUnit], worker_id: str, address: str, titles: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Of `units` what this worker has planned, as whoever hands it over needs to know it."""
    more = {"unit_id", "team_id", "case_id"}
    return [
        {**_line(unit, address, titles), **{name: getattr(unit, name) for name in more}}
        for unit in units
        if worker_id in unit.served_by
    ]


def _line(unit: ServiceUnit, address: str, titles: Mapping[str, str]) -> dict[str, Any]:
    return {
        "address": f"{address}/{unit.unit_id}",
        "kind": unit.kind,
        "setting": unit.setting,
        "title": titles.get(unit.group_id or unit.case_id or ""),
        "on": unit.occurred_on.isoformat(),
        "starts_at": unit.starts_at.astimezone(HONG_KONG).isoformat() if unit.starts_at else None,
        "minutes": unit.minutes,
        "person_ids": [one.person_id for one in unit.participants],
    }
