"""The story of a session for a page: what each version held, or changed of the one before, by whom, when and why."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask_babel import gettext

from services.case import pages
from shared.auth.identity import Identity
from shared.auth.teams import reads_notes
from shared.clock import HONG_KONG
from shared.eventstore import Recorded
from shared.serviceunit.events import ServiceUnitCorrected, ServiceUnitPlanned, ServiceUnitRecorded
from shared.serviceunit.shown import line, told
from shared.serviceunit.unit import Referral, ServiceUnit
from shared.web.shell import day

Full = ServiceUnitPlanned | ServiceUnitRecorded | ServiceUnitCorrected


def story_lines(
    story: Sequence[Recorded], who: Identity, colleagues: Mapping[str, str], names: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The versions of a session, the latest first; `names` are those of accounts, then of people."""
    lines, before = [], None
    for recorded in story:
        event = recorded.event
        shown = line(told(recorded, who, dict(colleagues)), None)
        if isinstance(event, ServiceUnitCorrected) and before is not None:
            titles = pages.contract_titles(who)
            shown["details"] = [*_changes(before, event, colleagues, names, titles, with_note=reads_notes(who))]
        elif isinstance(event, Full):
            shown["detail"] = summary(event.unit)
        before = event if isinstance(event, Full) else before
        lines.append(shown)
    return lines[::-1]


def summary(unit: ServiceUnit) -> str:
    """What one version held, in one line."""
    there = [one for one in unit.participants if one.status in ("present", "late", "left_early")]
    parts = [day(unit.occurred_on), pages.label("status", unit.status), pages.label("mode", unit.mode)]
    if unit.minutes is not None:
        parts.append(_minutes(unit))
    return " · ".join([*parts, gettext("%(count)s people", count=len(there))])


def people_in(story: Sequence[Recorded]) -> set[str]:
    """Everybody who was in any version, whose names the story may need."""
    versions = (one.event.unit for one in story if isinstance(one.event, Full))
    return {person.person_id for unit in versions for person in unit.participants}


def _changes(
    before: Full,
    after: Full,
    colleagues: Mapping[str, str],
    names: Mapping[str, str],
    titles: Mapping[str, str],
    *,
    with_note: bool,
) -> Iterator[str]:
    was, now = _shown(before.unit, colleagues, titles), _shown(after.unit, colleagues, titles)
    for label, value in now.items():
        if value != was[label]:
            yield changed(label, was[label], value)
    yield from _people(before.unit, after.unit, names)
    if dict(before.helpers or {}) != dict(after.helpers or {}):
        yield gettext("The helpers were changed.")
    if with_note and before.note != after.note:
        yield gettext("The note was changed.")


def changed(label: str, before: str, after: str) -> str:
    """One field that has changed: Length: 60 minutes → 45 minutes."""
    shown = {"label": label, "before": before or "–", "after": after or "–"}
    return str(gettext("%(label)s: %(before)s → %(after)s", **shown))


def _shown(unit: ServiceUnit, colleagues: Mapping[str, str], titles: Mapping[str, str]) -> dict[str, str]:
    """The single fields of a version as a page shows them."""
    comma = gettext(", ")
    contracts = [titles.get(one.contract_id, one.contract_id) for one in unit.segments]
    return {
        gettext("Date"): day(unit.occurred_on),
        gettext("Start"): unit.starts_at.astimezone(HONG_KONG).strftime("%H:%M") if unit.starts_at else "",
        gettext("Length"): _minutes(unit),
        gettext("What happened"): pages.label("status", unit.status),
        gettext("Kind"): pages.label("kind", unit.kind),
        gettext("Mode"): pages.label("mode", unit.mode),
        gettext("Setting"): pages.label("setting", unit.setting),
        gettext("Activity or profession"): pages.label("activity", unit.activity),
        gettext("Contract"): comma.join(contracts) or gettext("Regular service"),
        gettext("Served by"): comma.join(colleagues.get(one, "") for one in unit.served_by if one in colleagues),
        gettext("Others present, not known by name"): str(unit.unidentified_count or ""),
        gettext("Follow up by"): _follow_up(unit),
        gettext("Referrals"): gettext("; ").join(map(_referral, unit.referrals)),
    }


def _follow_up(unit: ServiceUnit) -> str:
    due = unit.follow_up
    return f"{day(due.on)} · {pages.label('follow_up', due.reason)}" if due else ""


def _referral(one: Referral) -> str:
    parts = [pages.label("destination", one.destination), day(one.on, with_weekday=False)]
    if one.taken_up is not None:
        parts.append(gettext("Taken up") if one.taken_up else gettext("Not taken up"))
    return " · ".join(parts)


def _minutes(unit: ServiceUnit) -> str:
    return "" if unit.minutes is None else gettext("%(count)s minutes", count=unit.minutes)


def _people(before: ServiceUnit, after: ServiceUnit, names: Mapping[str, str]) -> Iterator[str]:
    """Who came into the entry, who was taken out of it, and whose role or attendance was changed."""
    was, now = (
        {one.person_id: f"{pages.label('role', one.role)} · {pages.label('attendance', one.status)}" for one in people}
        for people in (before.participants, after.participants)
    )
    for person_id in dict.fromkeys((*was, *now)):
        if was.get(person_id) != now.get(person_id):
            name = names.get(person_id, gettext("Somebody"))
            yield changed(name, was.get(person_id, ""), now.get(person_id, ""))
