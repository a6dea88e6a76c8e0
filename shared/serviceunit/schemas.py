"""The request shape of a service unit at the HTTP edge, and the way from it to the value objects.

Wall times are Hong Kong times; `ends_at` is a help for people and becomes minutes.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime, time
from typing import Any

from marshmallow import Schema, fields, validate

from shared.clock import HONG_KONG
from shared.errors import FieldError, Invalid
from shared.ids import new_id
from shared.serviceunit.unit import Participant, Referral, Segment, ServiceUnit

SHORT = validate.Length(min=1, max=80)
NOTE = validate.Length(max=10_000)


class SegmentSchema(Schema):
    contract_id = fields.String(required=True, validate=SHORT)
    minutes = fields.Integer(strict=True, load_default=None, allow_none=True)


class ParticipantSchema(Schema):
    """`target_groups` left out are filled from the person's dated groups on the day of the session."""

    person_id = fields.String(required=True, validate=SHORT)
    role = fields.String(required=True)
    target_groups = fields.List(fields.String(), load_default=None, allow_none=True)
    status = fields.String(load_default="present")
    walk_in = fields.Boolean(load_default=False)
    mode = fields.String(load_default=None, allow_none=True)


class ReferralSchema(Schema):
    """Who was referred where to, and when; `taken_up` left out: nobody knows yet."""

    person_id = fields.String(required=True, validate=SHORT)
    destination = fields.String(required=True)
    on = fields.Date(required=True)
    taken_up = fields.Boolean(load_default=None, allow_none=True)


class UnitSchema(Schema):
    """What all three recording services accept; each adds its own fields. A `child_safety_concern` raises a task."""

    id = fields.String(validate=SHORT)
    occurred_on = fields.Date(required=True)
    starts_at = fields.Time(format="%H:%M", load_default=None, allow_none=True)
    ends_at = fields.Time(format="%H:%M", load_default=None, allow_none=True)
    minutes = fields.Integer(strict=True, load_default=None, allow_none=True)
    contract_id = fields.String(load_default=None, allow_none=True, validate=SHORT)
    segments = fields.List(fields.Nested(SegmentSchema), load_default=list, validate=validate.Length(max=5))
    split_approval = fields.String(load_default=None, allow_none=True, validate=validate.Regexp(r"^[\w/.\- ]{1,40}$"))
    status = fields.String(load_default="held")
    mode = fields.String(load_default="in_person")
    setting = fields.String(load_default="centre")
    activity = fields.String(load_default=None, allow_none=True)
    place_id = fields.String(load_default=None, allow_none=True, validate=SHORT)
    organisation_id = fields.String(load_default=None, allow_none=True, validate=SHORT)
    served_by = fields.List(fields.String(validate=SHORT), load_default=list, validate=validate.Length(max=30))
    helpers = fields.List(fields.String(validate=SHORT), load_default=list, validate=validate.Length(max=30))
    participants = fields.List(fields.Nested(ParticipantSchema), load_default=list, validate=validate.Length(max=500))
    unidentified_count = fields.Integer(strict=True, load_default=0)
    late_reason = fields.String(load_default=None, allow_none=True)
    note = fields.String(load_default=None, allow_none=True, validate=NOTE)
    child_safety_concern = fields.Boolean(load_default=False)
    referrals = fields.List(fields.Nested(ReferralSchema), load_default=list, validate=validate.Length(max=200))


class CorrectionSchema(Schema):
    """Mixed into the schema of a correction: why it is made."""

    reason = fields.String(required=True)
    reason_text = fields.String(load_default=None, allow_none=True, validate=NOTE)


class VoidSchema(CorrectionSchema):
    """The body of voiding an entry."""


def starts_at(day: date, start: time | None) -> datetime | None:
    """The aware Hong Kong start of a unit, or None when only the day is known."""
    return datetime.combine(day, start, tzinfo=HONG_KONG) if start else None


def minutes(loaded: dict[str, Any]) -> int | None:
    """Whole minutes, given as such or by start and end; raises `Invalid` for an end before its start."""
    start: time | None = loaded["starts_at"]
    end: time | None = loaded["ends_at"]
    given: int | None = loaded["minutes"]
    if end is None:
        return given
    if start is None:
        raise Invalid("start_missing", "Give the start as well as the end.", field="starts_at")
    length = (end.hour - start.hour) * 60 + end.minute - start.minute
    if length < 0:
        raise Invalid("end_before_start", "The end is before the start. Please change it.", field="ends_at")
    if given is not None and given != length:
        raise Invalid("minutes_differ", "The minutes do not fit the start and the end.", field="minutes")
    return length


def segments(loaded: dict[str, Any]) -> tuple[Segment, ...]:
    """The contracts of a unit: `contract_id` alone, or several `segments` with their minutes."""
    if loaded["segments"] and loaded["contract_id"]:
        raise Invalid("contract_or_segments", "Give either one contract or several parts.", field="segments")
    if loaded["contract_id"]:
        return (Segment(contract_id=loaded["contract_id"]),)
    return tuple(Segment(**part) for part in loaded["segments"])


def named_helpers(loaded: dict[str, Any], known: Iterable[tuple[str, str]] = ()) -> dict[str, str]:
    """Ids for helpers without accounts; their names stay sealed. Who is `known` to the entry keeps the id."""
    ids = {name: helper_id for helper_id, name in known}
    names = dict.fromkeys(name.strip() for name in loaded["helpers"])
    return {ids.get(name) or new_id("helper"): name for name in names if name}


def participants(loaded: dict[str, Any], filled: Iterable[tuple[str, ...]]) -> tuple[Participant, ...]:
    """The participants with `filled` target groups, one tuple for each in order."""
    return tuple(
        Participant(**{**person, "target_groups": groups})
        for person, groups in zip(loaded["participants"], filled, strict=True)
    )


def served_by(loaded: dict[str, Any], entered_by: str, helpers: Collection[str]) -> tuple[str, ...]:
    """Who served: those named and the helpers, or whoever enters it when there is nobody."""
    named = dict.fromkeys(loaded["served_by"])
    return (*(named or (() if helpers else (entered_by,))), *helpers)


def unit_of(
    loaded: dict[str, Any],
    *,
    unit_id: str,
    kind: str,
    team_id: str,
    entered_by: str,
    people: tuple[Participant, ...],
    helpers: dict[str, str],
    **more: Any,
) -> ServiceUnit:
    """The service unit of a loaded request."""
    return ServiceUnit(
        unit_id=unit_id,
        kind=kind,
        team_id=team_id,
        entered_by=entered_by,
        occurred_on=loaded["occurred_on"],
        starts_at=starts_at(loaded["occurred_on"], loaded["starts_at"]),
        minutes=minutes(loaded),
        segments=segments(loaded),
        served_by=served_by(loaded, entered_by, helpers),
        participants=people,
        referrals=tuple(Referral(**one) for one in loaded["referrals"]),
        origin=loaded.get("origin", "typed"),  # no request can say it: the import does
        **{name: loaded[name] for name in _SAME},
        **more,
    )


_SAME = (
    "split_approval",
    "status",
    "mode",
    "setting",
    "activity",
    "place_id",
    "organisation_id",
    "unidentified_count",
    "late_reason",
)


def unknown_people(loaded: dict[str, Any], unknown: set[str]) -> list[FieldError]:
    """The errors of participants whose id nobody here knows."""
    return [
        FieldError(f"participants.{index}.person_id", "person_unknown", "This person is not registered here.")
        for index, person in enumerate(loaded["participants"])
        if person["person_id"] in unknown
    ]
