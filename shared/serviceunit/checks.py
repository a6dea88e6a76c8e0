"""What must hold of any service unit, whoever records it. Pure; returns the wrong fields instead of raising."""

from collections.abc import Container, Iterable, Iterator
from datetime import date

from shared.clock import local_date
from shared.errors import FieldError
from shared.serviceunit import codes
from shared.serviceunit.unit import ServiceUnit

MINUTES_IN_A_DAY = 24 * 60
LARGEST_HEADCOUNT = 100_000
EARLIEST = date(1970, 1, 1)


def wrong_fields(unit: ServiceUnit, today: date) -> list[FieldError]:
    """Every wrong field of `unit`; `today` is the Hong Kong date of the command."""
    return [
        *_wrong_codes(unit),
        *_wrong_times(unit, today),
        *_wrong_segments(unit),
        *_wrong_people(unit),
        *_wrong_follow_up(unit),
        *_wrong_referrals(unit, today),
    ]


def _wrong_codes(unit: ServiceUnit) -> Iterator[FieldError]:
    yield from _unknown("kind", "kind", unit.kind)
    yield from _unknown("status", "status", unit.status)
    yield from _unknown("mode", "mode", unit.mode)
    yield from _unknown("setting", "setting", unit.setting)
    yield from _unknown("origin", "origin", unit.origin)
    yield from _unknown("activity", "activity", unit.activity)
    yield from _unknown("late_reason", "late_reason", unit.late_reason)
    for index, tag in enumerate(unit.tags):
        yield from _unknown(f"tags.{index}", "tag", tag)
    for index, person in enumerate(unit.participants):
        path = f"participants.{index}"
        yield from _unknown(f"{path}.role", "role", person.role)
        yield from _unknown(f"{path}.status", "attendance", person.status)
        yield from _unknown(f"{path}.mode", "mode", person.mode)
        for group in person.target_groups:
            yield from _unknown(f"{path}.target_groups", "target_group", group)
        if len(set(person.target_groups)) < len(person.target_groups):
            yield FieldError(f"{path}.target_groups", "code_twice", "The same code is named twice.")


def _wrong_follow_up(unit: ServiceUnit) -> Iterator[FieldError]:
    if unit.follow_up is None:
        return
    yield from _unknown("follow_up.reason", "follow_up", unit.follow_up.reason)
    if unit.follow_up.on < unit.occurred_on:
        yield FieldError(
            "follow_up.on", "follow_up_before", "A follow-up comes after the session. Please change the day."
        )


def _unknown(path: str, vocabulary: str, code: str | None) -> Iterator[FieldError]:
    if code is not None and code not in codes.VOCABULARIES[vocabulary]:
        yield unknown_code(path, code, codes.VOCABULARIES[vocabulary])


def unknown_code(path: str, code: str, known: Iterable[str]) -> FieldError:
    """The error of a code that is not in its vocabulary; names what would be right."""
    return FieldError(
        path,
        "unknown_code",
        "“%(code)s” is not known here. Use one of: %(known)s.",
        {"code": code, "known": ", ".join(known)},
    )


def _wrong_times(unit: ServiceUnit, today: date) -> Iterator[FieldError]:
    if unit.occurred_on > today and unit.status != "planned":
        yield FieldError(
            "occurred_on",
            "date_in_future",
            "This date is in the future. Plan it instead, or change the date.",
        )
    if unit.occurred_on < EARLIEST:
        yield FieldError("occurred_on", "date_too_early", "This date is too long ago. Please check the year.")
    if unit.starts_at is not None and local_date(unit.starts_at) != unit.occurred_on:
        yield FieldError("starts_at", "start_on_other_day", "The start is on another day than the date given.")
    if unit.minutes is not None and unit.minutes < 0:
        yield FieldError("minutes", "negative_minutes", "Minutes cannot be below zero.")
    if unit.minutes is not None and unit.minutes > MINUTES_IN_A_DAY:
        yield FieldError("minutes", "too_long", "A session cannot be longer than 24 hours.")
    for path, heads in (("unidentified_count", unit.unidentified_count), ("partner_count", unit.partner_count)):
        if heads < 0:
            yield FieldError(path, "negative_count", "A headcount cannot be below zero.")
        if heads > LARGEST_HEADCOUNT:
            yield FieldError(path, "too_many", "This headcount is too large. Please check it.")


def _wrong_segments(unit: ServiceUnit) -> Iterator[FieldError]:
    """A session may be paid by two contracts only as an approved split of its minutes (A002-10, A002-11)."""
    contracts = [segment.contract_id for segment in unit.segments]
    if len(set(contracts)) < len(contracts):
        yield FieldError("segments", "contract_twice", "The same contract is named twice.")
    if any(segment.minutes is not None and segment.minutes < 0 for segment in unit.segments):
        yield FieldError("segments", "negative_minutes", "Minutes cannot be below zero.")
    if len(contracts) > 1 and not unit.split_approval:
        yield FieldError(
            "split_approval",
            "split_not_approved",
            "One session may count for two contracts only with an approved split. Give its approval reference.",
        )
    if not _adds_up(unit):
        yield FieldError(
            "segments", "split_minutes", "The minutes of the parts must add up to the minutes of the session."
        )


def _adds_up(unit: ServiceUnit) -> bool:
    """A single part without minutes is the whole session; otherwise the parts make up all of it."""
    minutes = [segment.minutes for segment in unit.segments]
    if not minutes or minutes == [None]:
        return True
    known = [count for count in minutes if count is not None]
    return len(known) == len(minutes) and sum(known) == unit.minutes


def unknown_contracts(unit: ServiceUnit, known: Container[str], *, in_parts: bool) -> list[FieldError]:
    """The errors of contracts that the agency does not have; `in_parts` says that the request named its parts."""
    return [
        FieldError(
            f"segments.{index}.contract_id" if in_parts else "contract_id",
            "contract_unknown",
            "There is no such contract.",
        )
        for index, segment in enumerate(unit.segments)
        if segment.contract_id not in known
    ]


def unknown_names(
    unit: ServiceUnit, before: ServiceUnit | None, *, places: Container[str] = (), organisations: Container[str] = ()
) -> Iterator[FieldError]:
    """The errors of a place or an organisation nobody here knows; what is published must not be anybody's own words.

    What the entry named before may stay.
    """
    kept_place, kept_organisation = (before.place_id, before.organisation_id) if before else (None, None)
    if unit.place_id not in (None, kept_place) and unit.place_id not in places:
        yield FieldError("place_id", "place_unknown", "There is no such place.")
    if unit.organisation_id not in (None, kept_organisation) and unit.organisation_id not in organisations:
        yield FieldError("organisation_id", "organisation_unknown", "There is no such organisation.")


def _wrong_people(unit: ServiceUnit) -> Iterator[FieldError]:
    seen: set[str] = set()
    for index, person in enumerate(unit.participants):
        if person.person_id in seen:
            yield FieldError(f"participants.{index}.person_id", "person_twice", "This person is in the list twice.")
        seen.add(person.person_id)


def _wrong_referrals(unit: ServiceUnit, today: date) -> Iterator[FieldError]:
    """Who is referred was in the occasion, and not before it; nobody has been referred on a day to come."""
    there = {person.person_id for person in unit.participants}
    for index, referral in enumerate(unit.referrals):
        path = f"referrals.{index}"
        yield from _unknown(f"{path}.destination", "destination", referral.destination)
        if referral.person_id not in there:
            yield FieldError(f"{path}.person_id", "not_in_the_list", "This person is not in the list.")
        if not unit.occurred_on <= referral.on <= max(today, unit.occurred_on):
            yield FieldError(f"{path}.on", "day_of_referral", "A referral is made on that day or later, up to today.")
