"""The people, cases and hours of one agency in the demo, and how each becomes a request."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from deploy.demo.days import STARTS, Diary, Starts, entered, is_late
from deploy.demo.names import DISTRICTS, Name, Names
from deploy.demo.staff import account_id
from deploy.demo.steps import Body, Order, Plan, made_id

ONLINE_FROM = date(2020, 2, 1)


@dataclass(slots=True)
class Person:
    """Somebody known by name or alias in the case service; registered in the week that first needs it."""

    person_id: str
    name: Name
    role: str
    team_id: str
    worker: str
    target_groups: tuple[str, ...] = ()
    alias_only: bool = False
    first: date | None = None

    def on(self, day: date) -> str:
        """Return the id, noting that this person must be registered by `day`: on the Monday before, at the latest."""
        day -= timedelta(days=day.weekday())
        if self.first is None or day < self.first:
            self.first = day
        return self.person_id


@dataclass(slots=True)
class Case:
    """A family's or a person's case."""

    case_id: str
    number: str
    worker: str
    opened: date
    members: list[tuple[Person, str]]
    contract: str | None
    kind: str = "family"
    last: date | None = None

    def used(self, typed: date) -> None:
        """Note the last day on which something was typed for this case."""
        self.last = max(typed, self.last or typed)


@dataclass(slots=True)
class World:
    """Collects what one agency did: `latest` is the last day on which anything of it is typed in."""

    plan: Plan
    seed: str
    contract: str
    start: date
    end: date
    latest: date
    rng: Random = field(init=False)
    names: Names = field(init=False)
    diary: Diary = field(default_factory=Diary)
    people: list[Person] = field(default_factory=list)
    _counts: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rng = Random(self.seed)  # noqa: S311 - the same demo every time, no secret
        self.names = Names(self.seed)

    # People and cases

    def person(
        self,
        key: str,
        role: str,
        team_id: str,
        worker: str,
        *,
        target_groups: tuple[str, ...] = (),
        alias_only: bool = False,
    ) -> Person:
        """Return a new person of the demo."""
        name = self.names.take(women=0.75 if role == "family_member" else 0.3)
        made = Person(made_id("person", f"{self.seed}:{key}"), name, role, team_id, worker, target_groups, alias_only)
        self.people.append(made)
        return made

    def register_people(self) -> None:
        """Add the registration of everybody who was needed, in the week that first needed them."""
        for number, person in enumerate(sorted((p for p in self.people if p.first), key=lambda p: str(p.first)), 1):
            assert person.first is not None
            self.plan.add(
                person.first,
                Order.PERSON,
                person.worker,
                "/case/api/v1/people",
                _registration(person, number, person.first, self.seed),
                resource=person.person_id,
                known_elsewhere=True,
            )

    def open_case(self, case: Case, *, stage: str = "open") -> Case:
        """Add the opening of a case with its members."""
        members = [
            {"person_id": person.on(case.opened), "relationship": relationship, "from_date": case.opened.isoformat()}
            for person, relationship in case.members
        ]
        body: Body = {
            "id": case.case_id,
            "case_number": case.number,
            "kind": case.kind,
            "contract_id": case.contract,
            "team_id": case.members[0][0].team_id,
            "stage": stage,
            "on": case.opened.isoformat(),
            "worker_id": account_id(case.worker),
            "members": members,
        }
        self.plan.add(
            case.opened,
            Order.FRAME,
            case.worker,
            "/case/api/v1/cases",
            body,
            resource=case.case_id,
            known_elsewhere=True,
        )
        case.used(case.opened)
        return case

    def move_case(self, case: Case, act: str, on: date, **more: Any) -> None:
        """Add a step in a case's life: intake, open, close."""
        order = Order.END if act == "close" else Order.FRAME
        self.plan.add(
            on,
            order,
            case.worker,
            f"/case/api/v1/cases/{case.case_id}/{act}",
            {"on": on.isoformat(), **more},
            resource=case.case_id,
            based_on=True,
            known_elsewhere=act != "close",
        )

    # Entries

    def nth(self, what: str) -> str:
        """Return the next name of its sort, such as `session 17`."""
        self._counts[what] = self._counts.get(what, 0) + 1
        return f"{self.seed}:{what} {self._counts[what]}"

    def hour(
        self, workers: tuple[str, ...], day: date, minutes: int, *, last: date | None = None, starts: Starts = STARTS
    ) -> tuple[date, str]:
        """Find a day and a start for the workers, within the contract when `day` is."""
        return self.diary.book(
            workers,
            day,
            minutes,
            self.rng,
            last=last or (self.end if day <= self.end else day + timedelta(days=9)),
            starts=starts,
        )

    def mode(self, day: date, *, group: bool = False) -> str:
        """Return how people met: from February 2020 mostly online or by phone."""
        if day < ONLINE_FROM:
            return "phone" if not group and self.rng.random() < 0.12 else "in_person"
        return self.rng.choices(
            ("in_person", "online", "phone", "hybrid"), (20, 55, 0, 25) if group else (18, 34, 44, 4)
        )[0]

    def typed(self, day: date) -> date:
        """Return the day on which an entry about `day` was typed in."""
        return entered(day, self.rng, latest=self.latest)

    def enter(
        self, path: str, body: Body, who: str, *, typed: date | None = None, known_elsewhere: bool = False
    ) -> date:
        """Add one entry; it is typed in some time after it happened. Returns the day of typing."""
        day = date.fromisoformat(body["occurred_on"])
        typed = typed or self.typed(day)
        if is_late(day, typed):
            body["late_reason"] = self.rng.choice(("workload", "leave", "outside_office", "system"))
        self.plan.add(typed, Order.ENTRY, who, path, body, resource=body["id"], known_elsewhere=known_elsewhere)
        return typed

    def correct(self, path: str, body: Body, who: str, typed: date, reason: str, text: str | None = None) -> None:
        """Add a correction: the full new content with its reason."""
        content = {name: value for name, value in body.items() if name != "id"}
        more = {"reason": reason} | ({"reason_text": text} if text else {})
        self.plan.add(
            typed,
            Order.CHANGE,
            who,
            f"{path}/{body['id']}",
            content | more,
            resource=body["id"],
            method="PUT",
            based_on=True,
        )

    def void(self, path: str, unit_id: str, who: str, typed: date, reason: str, text: str | None = None) -> None:
        """Add the voiding of an entry, with its reason."""
        body: Body = {"reason": reason} | ({"reason_text": text} if text else {})
        self.plan.add(typed, Order.CHANGE, who, f"{path}/{unit_id}/void", body, resource=unit_id, based_on=True)

    def later(self, day: date, least: int = 1, most: int = 9) -> date:
        """Return a day soon after, not after the last one."""
        return max(day, min(day + timedelta(days=self.rng.randint(least, most)), self.latest))


def present(person: Person, day: date, *, role: str | None = None, **more: Any) -> Body:
    """Return a person as a participant of something on `day`."""
    return {"person_id": person.on(day), "role": role or person.role, **more}


def _registration(person: Person, number: int, day: date, seed: str) -> Body:
    name = person.name
    body: Body = {
        "id": person.person_id,
        "client_number": f"{seed[:1].upper()}{day.year % 100}-{number:04d}",
        "gender": name.gender,
        "birth_year": name.birth_year,
        "district": DISTRICTS[number % len(DISTRICTS)],
        "team_id": person.team_id,
        "roles": [{"role": person.role, "from_date": day.isoformat()}],
        "target_groups": [{"target_group": group, "from_date": day.isoformat()} for group in person.target_groups],
    }
    if person.alias_only:
        return body | {"alias": name.alias}
    if number % 4 == 0:
        body["note"] = f"{name.zh}不方便在日間接聽電話，請致電{name.phone}。"
    return body | {"name_zh": name.zh, "name_en": name.en, "phone": name.phone}
