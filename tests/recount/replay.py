"""From accepted requests to facts: which content of which entry lived from which position and moment on.

What a service fills in by itself is filled in here again: a person's target groups on the day, whether a case was open,
minutes from start and end, a PHQ-9 total from its nine answers.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from tests.recount.accepted import Accepted

UNIT_PATHS = {"sessions": "session_id", "meetings": "meeting_id", "visits": "visit_id"}
DEFAULTS: Mapping[str, dict[str, Any]] = {
    "sessions": {"kind": "case_session", "setting": "centre", "activity": None},
    "meetings": {"kind": "group_meeting", "setting": "centre", "activity": None},
    "visits": {"kind": "visit", "setting": "outreach", "activity": "contact"},
}
NOT_MET = ("absent", "excused")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """From here on, `thing` is `content`; None means that it is no more."""

    agency: str
    service: str
    position: int
    recorded_at: datetime
    sort: str  # unit, score, tally, edge, case
    thing: str
    content: Mapping[str, Any] | None


@dataclass(slots=True)
class _Case:
    spans: list[list[date | None]] = field(default_factory=list)
    closed_unopened: date | None = None
    contract: str | None = None


@dataclass(slots=True)
class _Person:
    groups: list[tuple[str, date, date | None]] = field(default_factory=list)

    def on(self, day: date) -> list[str]:
        return sorted({group for group, first, last in self.groups if first <= day and (last is None or day <= last)})


class Replay:
    """Reads accepted requests in the order of their acceptance."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self._people: dict[str, _Person] = {}
        self._cases: dict[str, _Case] = {}
        self._groups: dict[str, Mapping[str, Any]] = {}
        self._roles: dict[str, str] = {}

    def read(self, accepted: Iterable[Accepted]) -> "Replay":
        for one in accepted:
            self._read(one)
        return self

    def _read(self, one: Accepted) -> None:
        parts = one.path.split("?")[0].strip("/").split("/")[3:]
        match parts:
            case ["people", *rest]:
                self._person(one, rest)
            case ["cases", *rest]:
                self._case(one, rest)
            case ["contacts", *rest]:
                self._contact(one, rest)
            case ["groups"]:
                self._groups[_made(one, "group_id")] = one.body
            case [("sessions" | "meetings" | "visits") as path, *rest]:
                self._unit(one, path, rest)
            case ["assessments", *rest]:
                self._score(one, rest)
            case ["tallies", *rest]:
                self._tally(one, rest)

    def _fact(self, one: Accepted, sort: str, thing: str, content: Mapping[str, Any] | None) -> None:
        self.facts.append(
            Fact(
                agency=one.agency,
                service=one.service,
                position=one.position,
                recorded_at=one.recorded_at,
                sort=sort,
                thing=thing,
                content=content,
            )
        )

    # Who is who

    def _person(self, one: Accepted, rest: list[str]) -> None:
        body = one.body
        match rest:
            case []:
                person = self._people[_made(one, "person_id")] = _Person()
                person.groups = [
                    (group["target_group"], _day(group["from_date"]), None) for group in body.get("target_groups") or ()
                ]
            case [person_id, "target-groups"]:
                self._people[person_id].groups.append((body["target_group"], _day(body["from_date"]), None))
            case [person_id, "target-groups", "end"]:
                held = self._people[person_id].groups
                self._people[person_id].groups = [
                    (group, first, _day(body["to_date"]) if group == body["target_group"] and last is None else last)
                    for group, first, last in held
                ]
            case [person_id, "merge"]:
                self._fact(one, "edge", f"merge {person_id}", {"same": (person_id, body["into"])})
            case [person_id, "unmerge"]:
                self._fact(one, "edge", f"merge {person_id}", None)

    def _contact(self, one: Accepted, rest: list[str]) -> None:
        match rest:
            case []:
                person = self._people[_made(one, "contact_id")] = _Person()
                person.groups = [(group, date.min, None) for group in one.body.get("target_groups") or ()]
                self._roles[_made(one, "contact_id")] = one.body.get("role") or "drug_user"
            case [contact_id, "identify"]:
                self._fact(one, "edge", f"identity {contact_id}", {"same": (contact_id, one.body["person_id"])})
            case [contact_id, "unidentify"]:
                self._fact(one, "edge", f"identity {contact_id}", None)

    # Cases say whether a session came before or after

    def _case(self, one: Accepted, rest: list[str]) -> None:
        body = one.body
        match rest:
            case []:
                case_id = _made(one, "case_id")
                case = self._cases[case_id] = _Case(contract=body.get("contract_id"))
                if body["stage"] == "open":
                    case.spans.append([_day(body["on"]), None])
                    self._case_stands(one, case_id)
            case [case_id, "open" | "reopen"]:
                self._cases[case_id].spans.append([_day(body["on"]), None])
                self._case_stands(one, case_id)
            case [case_id, "close"]:
                case = self._cases[case_id]
                if case.spans:
                    case.spans[-1][1] = _day(body["on"])
                    self._case_stands(one, case_id)
                else:
                    case.closed_unopened = _day(body["on"])

    def _case_stands(self, one: Accepted, case_id: str) -> None:
        case = self._cases[case_id]
        spans = tuple((first, last) for first, last in case.spans)
        self._fact(one, "case", case_id, {"contract": case.contract, "spans": spans})

    def _standing(self, case_id: str, day: date) -> str:
        case = self._cases[case_id]
        if any(first is not None and first <= day and (last is None or day <= last) for first, last in case.spans):
            return "open"
        closings = [last for _, last in case.spans if last is not None]
        if not case.spans and case.closed_unopened is not None:
            closings = [case.closed_unopened]
        return "after" if any(closing < day for closing in closings) else "before"

    def _tagged(self, body: Mapping[str, Any], day: date) -> tuple[str, ...]:
        cases = [*filter(None, [body.get("case_id")]), *(body.get("case_ids") or ())]
        standings = {self._standing(case_id, day) for case_id in cases}
        if not standings or "open" in standings:
            return ()
        return ("aftercare",) if "after" in standings else ("before_opening",)

    # Entries

    def _unit(self, one: Accepted, path: str, rest: list[str]) -> None:
        match (one.method, rest):
            case ("POST", []):
                self._living(one, path, _made(one, UNIT_PATHS[path]))
            case ("POST", ["plan"]):
                pass  # Nothing planned counts.
            case ("POST", [unit_id, "record"]) | ("PUT", [unit_id]):
                self._living(one, path, unit_id)
            case ("POST", [unit_id, "void"]):
                self._fact(one, "unit", unit_id, None)

    def _living(self, one: Accepted, path: str, unit_id: str) -> None:
        body = DEFAULTS[path] | self._inherited(path, one.body) | dict(one.body)
        day = _day(body["occurred_on"])
        people = [self._participant(person, day) for person in body.get("participants") or ()]
        met = any(person["status"] not in NOT_MET for person in people) or (body.get("unidentified_count") or 0) > 0
        content = {
            "kind": body["kind"],
            "activity": body["activity"],
            "status": body.get("status") or ("missed" if path == "visits" and not met else "held"),
            "mode": body.get("mode") or "in_person",
            "setting": body["setting"],
            "day": day,
            "tags": self._tagged(body, day),
            "organisation": body.get("organisation_id"),
            "unidentified": body.get("unidentified_count") or 0,
            "contracts": _contracts(body, _minutes(body)),
            "people": people,
        }
        self._fact(one, "unit", unit_id, content)

    def _inherited(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """What an entry leaves out is as its case or its group has it."""
        if path == "visits" or body.get("segments") or body.get("regular"):
            return {}
        if path == "sessions":
            case = self._cases.get(body.get("case_id") or next(iter(body.get("case_ids") or ()), ""))
            return {"contract_id": case.contract} if case else {}
        group = self._groups.get(body.get("group_id") or "")
        return {name: group.get(name) for name in ("contract_id", "activity")} if group else {}

    def _participant(self, person: Mapping[str, Any], day: date) -> dict[str, Any]:
        groups = person.get("target_groups")
        if groups is None:
            groups = self._groups_of(person["person_id"], day)
        return {
            "id": person["person_id"],
            "role": person.get("role") or self._roles[person["person_id"]],
            "status": person.get("status") or "present",
            "groups": groups,
        }

    def _groups_of(self, person_id: str, day: date) -> list[str]:
        known = self._people.get(person_id)
        return known.on(day) if known else []

    # Questionnaires

    def _score(self, one: Accepted, rest: list[str]) -> None:
        match (one.method, rest):
            case ("POST", [assessment_id, "void"]):
                self._fact(one, "score", assessment_id, None)
            case ("POST", []) | ("PUT", [_]):
                body = one.body
                answers = body.get("answers")
                content = {
                    "person": body.get("person_id"),
                    "instrument": body["instrument"],
                    "phase": body["phase"],
                    "day": _day(body["assessed_on"]),
                    "total": sum(answers) if answers else body.get("total"),
                    "contract": body["contract_id"],
                }
                self._fact(one, "score", rest[0] if rest else _made(one, "assessment_id"), content)

    def _tally(self, one: Accepted, rest: list[str]) -> None:
        match (one.method, rest):
            case ("POST", [tally_id, "void"]):
                self._fact(one, "tally", tally_id, None)
            case ("POST", []) | ("PUT", [_]):
                body = one.body
                if body.get("rows") is not None:
                    good = sum(row >= body["satisfied_from"] for row in body["rows"])
                    counts = (good, len(body["rows"]) - good)
                else:
                    counts = (body["totals"]["satisfied"], body["totals"]["not_satisfied"])
                content = {
                    "instrument": body["instrument"],
                    "day": _day(body["assessed_on"]),
                    "counts": counts,
                    "contract": body["contract_id"],
                }
                self._fact(one, "tally", rest[0] if rest else _made(one, "tally_id"), content)


def _made(one: Accepted, name: str) -> str:
    return str(one.body.get("id") or one.answer[name])


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _minutes(body: Mapping[str, Any]) -> int | None:
    if body.get("minutes") is not None:
        return int(body["minutes"])
    if body.get("starts_at") and body.get("ends_at"):
        return _clock(body["ends_at"]) - _clock(body["starts_at"])
    return None


def _clock(text: str) -> int:
    hours, minutes = text.split(":")[:2]
    return int(hours) * 60 + int(minutes)


def _contracts(body: Mapping[str, Any], minutes: int | None) -> dict[str, int | None]:
    if body.get("contract_id"):
        return {body["contract_id"]: minutes}
    segments = body.get("segments") or ()
    if len(segments) == 1 and segments[0].get("minutes") is None:
        return {segments[0]["contract_id"]: minutes}
    return {segment["contract_id"]: segment.get("minutes") for segment in segments}
