"""Before something is saved that reaches back: what it would do to reports that were sent, as reporting says.

A page asks once. Whoever has read what would move, and saves again, is not asked again; where reporting does not
answer, saving goes on and the page says so. What waited on a phone is saved at once: nobody is there to read.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, TypeVar

import msgspec
from flask import flash, g, request
from flask_babel import gettext

from shared.auth.identity import Identity
from shared.clock import local_date
from shared.errors import CaseledgerError
from shared.eventstore import CommandMeta, Outcome
from shared.service import Service
from shared.serviceunit.recording import Entry, Recording, Save
from shared.serviceunit.unit import ServiceUnit
from shared.web.asking import ask
from shared.web.requests import service as own_service

W = TypeVar("W")
READ = "effects_read"
"""The form field that says which effects were shown: a digest of them."""
EFFECTS = "/reporting/api/v1/effects"
AT_ONCE, MANY = 3.0, 15.0
"""How many seconds an answer is waited for: about one entry, and about many of them."""
Edge = tuple[str, str]


class MovesReports(CaseledgerError):
    """Saving would reach into a locked period; nothing was saved. Whoever has read it saves again.

    A page raises it for itself alone, as a question: nothing is wrong with what was asked.
    """

    status = 200

    def __init__(self, effects: list[dict[str, Any]]) -> None:
        super().__init__("moves_reports", "This reaches into a reporting period that is locked. Save again to keep it.")
        self.effects = effects


def _digest(effects: list[dict[str, Any]]) -> str:
    """What tells these effects from others."""
    return hashlib.sha256(json.dumps(effects, sort_keys=True).encode()).hexdigest()[:16]


def require_read(
    *,
    units: Iterable[ServiceUnit] = (),
    scores: Iterable[Mapping[str, Any]] = (),
    tallies: Iterable[Mapping[str, Any]] = (),
    stages: Iterable[Mapping[str, Any]] = (),
    ended: Iterable[str] = (),
    joined: Iterable[Edge] = (),
    parted: Iterable[Edge] = (),
    seconds: float = AT_ONCE,
) -> None:
    """Raise `MovesReports` where this would reach into a locked period and the request does not say it was read."""
    if "kept_id" in request.form:
        return
    body = {
        "units": _published(units),
        "scores": msgspec.to_builtins(list(scores)),
        "tallies": msgspec.to_builtins(list(tallies)),
        "stages": msgspec.to_builtins(list(stages)),
        "ended": list(ended),
        "joined": list(joined),
        "parted": list(parted),
    }
    answer = ask(EFFECTS, body, seconds=seconds)
    if answer is None:
        flash(gettext("Whether this moves a report that was sent could not be found out just now."))
    else:
        require_shown(answer["items"])


def require_shown(effects: list[dict[str, Any]]) -> None:
    """Raise `MovesReports` unless there are no effects, or the request says that these were read."""
    if effects and request.form.get(READ) != _digest(effects):
        g.effects_shown = _digest(effects)
        raise MovesReports(effects)


def shown_effects(units: Iterable[ServiceUnit]) -> list[dict[str, Any]] | None:
    """What these entries would do to reports that were sent, which the form then says was read; None if nobody says."""
    answer = ask(EFFECTS, {"units": _published(units)}, seconds=MANY)
    if answer is None:
        return None
    if answer["items"]:
        g.effects_shown = _digest(answer["items"])
    return list(answer["items"])


def moved_figures(units: Iterable[ServiceUnit]) -> list[dict[str, Any]] | None:
    """Which figures of now these entries would move, contract by contract; None where reporting does not answer."""
    answer = ask(f"{EFFECTS}/figures", {"units": _published(units)}, seconds=MANY)
    return None if answer is None else list(answer["items"])


def _published(units: Iterable[ServiceUnit]) -> list[Any]:
    return [msgspec.to_builtins(one) for one in units]


def reviewed(recording: Recording[W]) -> Recording[W]:
    """The same commands, which ask first when what is saved lies in the past."""
    return Recording(recording.prefix, partial(_save_reviewed, recording.save))


def _save_reviewed(
    save: Save[Any],
    service: Service,
    who: Identity,
    meta: CommandMeta,
    unit_id: str,
    asked: dict[str, Any],
    entry: Entry,
    expected_version: int,
    *,
    dry_run: bool,
) -> Any:
    if not dry_run and _reaches_back(asked, expected_version):
        units = _would_be(save, service, who, meta, unit_id, asked, entry, expected_version)
        if units:
            require_read(units=units)
    return save(service, who, meta, unit_id, asked, entry, expected_version, dry_run=dry_run)


def _reaches_back(asked: dict[str, Any], expected_version: int) -> bool:
    """No period that holds today is locked: what is new and of today moves none."""
    return expected_version > 0 or asked.get("occurred_on") != local_date(own_service().clock.now())


def _would_be(save: Save[Any], *given: Any) -> list[ServiceUnit]:
    """The entry as it would be recorded; nothing where it would not be saved, which the saving itself will say."""
    try:
        outcome: Outcome = save(*given, dry_run=True).outcome
    except CaseledgerError:
        return []
    units = (getattr(one.event, "unit", None) for one in outcome.events)
    return [unit for unit in units if unit is not None and unit.status != "planned"]
