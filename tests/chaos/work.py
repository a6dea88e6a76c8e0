"""What a team does all day: registers, records, corrects, voids, merges. Each worker has people of their own."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from deploy.demo.staff import FAMILY_TEAM
from tests.api_client import unique
from tests.chaos.phone import Phone, version_of
from tests.stories import (
    ASSESSMENTS,
    CASES,
    CONTACTS,
    MEETINGS,
    PEOPLE,
    SESSIONS,
    VISITS,
    meeting_body,
    session_body,
    visit_body,
)

FIRST_DAY, DAYS = date(2020, 1, 6), 400
SHARES = {
    "registers": 8,
    "meets_somebody": 4,
    "records_session": 22,
    "records_meeting": 16,
    "records_visit": 16,
    "corrects": 14,
    "voids": 5,
    "merges": 4,
    "unmerges": 1,
    "identifies": 3,
    "assesses": 7,
}
_MADE = {SESSIONS: "session_id", MEETINGS: "meeting_id", VISITS: "visit_id"}


ENTRIES_ALONE = {name: SHARES[name] for name in SHARES if name.startswith("records_") or name in ("corrects", "voids")}
"""What needs nothing that another service has only just heard."""


@dataclass(slots=True)
class Entry:
    """One recorded entry that may still be corrected or voided."""

    who: str
    path: str
    version: int
    make: Callable[[], dict[str, Any]]


@dataclass(slots=True)
class Team:
    """A family worker, an outreach worker and their leader, who share a phone. Only `work` sends."""

    phone: Phone
    contract: str
    family: str
    outreach: str
    leader: str = "leader1"
    case_id: str = ""
    case_version: int = 0
    people: list[tuple[str, str]] = field(default_factory=list)  # id and role
    contacts: dict[str, int] = field(default_factory=dict)  # those who are nobody's yet, with their version
    entries: list[Entry] = field(default_factory=list)
    merged: list[tuple[str, str]] = field(default_factory=list)

    @property
    def rng(self) -> Random:
        return self.phone.rng

    def work(
        self, until: Callable[[], bool], pause: float, stop: threading.Event, what: Mapping[str, int] = SHARES
    ) -> None:
        """Take one step after the other, in these shares, until enough is done."""
        if not self.case_id:
            self.begin()
        acts, shares = list(what), list(what.values())
        while not until() and not stop.wait(self.rng.uniform(0, 2 * pause)):
            getattr(self, self.rng.choices(acts, shares)[0])()

    def begin(self) -> None:
        """A first person and the family's case."""
        person = self._register("family_member")
        body = {
            "kind": "family",
            "contract_id": self.contract,
            "team_id": FAMILY_TEAM,
            "stage": "open",
            "on": FIRST_DAY.isoformat(),
            "members": [{"person_id": person, "relationship": "mother", "from_date": FIRST_DAY.isoformat()}],
        }
        answer = self.phone.post(self.family, CASES, body)
        self.case_id, self.case_version = str(answer.body["case_id"]), version_of(answer)
        self.people.append((person, "family_member"))

    def registers(self) -> None:
        role = self.rng.choice(("family_member", "family_member", "drug_user"))
        person = self._register(role)
        member = {"person_id": person, "relationship": "other", "from_date": FIRST_DAY.isoformat()}
        answer = self.phone.post(self.family, f"{CASES}/{self.case_id}/members", member, self.case_version)
        self.case_version = version_of(answer)
        self.people.append((person, role))

    def meets_somebody(self) -> None:
        body = {"alias": unique("alias"), "team_id": "team-outreach", "target_groups": ["hidden"]}
        answer = self.phone.post(self.outreach, CONTACTS, body)
        self.contacts[str(answer.body["contact_id"])] = version_of(answer)

    def records_session(self) -> None:
        def make() -> dict[str, Any]:
            return session_body(self.case_id, *self._some_people(), contract_id=self.contract) | self._facts()

        self._record(self.family, SESSIONS, make)

    def records_meeting(self) -> None:
        def make() -> dict[str, Any]:
            unidentified = self.rng.randint(0, 2)
            people = self._some_people()
            return meeting_body(*people, contract_id=self.contract, unidentified_count=unidentified) | self._facts()

        self._record(self.family, MEETINGS, make)

    def records_visit(self) -> None:
        def make() -> dict[str, Any]:
            met = self.rng.sample(sorted(self.contacts), min(len(self.contacts), 2))
            tokens = [{"person_id": one, "role": "drug_user", "target_groups": ["hidden"]} for one in met]
            setting = self.rng.choice(("outreach", "home_visit"))
            body = visit_body(*self._some_people(), *tokens, contract_id=self.contract, setting=setting)
            return body | {**self._facts(), "status": None}

        self._record(self.outreach, VISITS, make)

    def corrects(self) -> None:
        if self.entries:
            entry = self.rng.choice(self.entries)
            body = entry.make() | {"reason": "new_information"}
            entry.version = version_of(self.phone.put(entry.who, entry.path, body, entry.version))

    def voids(self) -> None:
        if self.entries:
            entry = self.entries.pop(self.rng.randrange(len(self.entries)))
            self.phone.post(entry.who, f"{entry.path}/void", {"reason": "duplicate"}, entry.version)

    def merges(self) -> None:
        if len(self.people) > 3:
            absorbed = self.people.pop(self.rng.randrange(1, len(self.people)))
            into, _ = self.rng.choice(self.people)
            version = self.phone.version_of(self.leader, f"{PEOPLE}/{absorbed[0]}")
            into_version = self.phone.version_of(self.leader, f"{PEOPLE}/{into}")
            body = {"into": into, "into_version": into_version, "reason": "duplicate"}
            self.phone.post(self.leader, f"{PEOPLE}/{absorbed[0]}/merge", body, version)
            self.merged.append(absorbed)

    def unmerges(self) -> None:
        if self.merged:
            person = self.merged.pop(self.rng.randrange(len(self.merged)))
            version = self.phone.version_of(self.leader, f"{PEOPLE}/{person[0]}")
            self.phone.post(self.leader, f"{PEOPLE}/{person[0]}/unmerge", {"reason": "wrong_person"}, version)
            self.people.append(person)

    def identifies(self) -> None:
        users = [person for person, role in self.people if role == "drug_user"]
        if self.contacts and users:
            contact = self.rng.choice(sorted(self.contacts))
            body = {"person_id": self.rng.choice(users)}
            self.phone.post(self.outreach, f"{CONTACTS}/{contact}/identify", body, self.contacts.pop(contact))

    def assesses(self) -> None:
        person, role = self.rng.choice(self.people)
        body = {
            "person_id": person,
            "instrument": "bdf20" if role == "family_member" else "bdf13",
            "instrument_version": "DEMO",
            "language": "zh-Hant",
            "phase": self.rng.choice(("pre", "post")),
            "assessed_on": self._day(),
            "contract_id": self.contract,
            "total": self.rng.randint(0, 10),
        }
        self.phone.post(self.family, ASSESSMENTS, body)

    def _register(self, role: str) -> str:
        body = {
            "name_en": unique("Somebody "),
            "team_id": FAMILY_TEAM,
            "roles": [{"role": role, "from_date": "2018-01-01"}],
            "target_groups": [{"target_group": "hidden", "from_date": "2018-01-01"}] if role == "drug_user" else [],
        }
        return str(self.phone.post(self.family, PEOPLE, body).body["person_id"])

    def _record(self, who: str, collection: str, make: Callable[[], dict[str, Any]]) -> None:
        answer = self.phone.post(who, collection, make())
        path = f"{collection}/{answer.body[_MADE[collection]]}"
        self.entries.append(Entry(who, path, version_of(answer), make))

    def _some_people(self) -> list[dict[str, Any]]:
        chosen = self.rng.sample(self.people, min(len(self.people), self.rng.randint(1, 3)))
        return [
            {
                "person_id": person,
                "role": role,
                "target_groups": ["hidden"] if role == "drug_user" else [],
                "status": self.rng.choice(("present", "present", "late", "absent")),
            }
            for person, role in chosen
        ]

    def _facts(self) -> dict[str, Any]:
        minutes = self.rng.choice((30, 60, 90))
        return {
            "occurred_on": self._day(),
            "minutes": minutes,
            "status": self.rng.choice(("held", "held", "cancelled")),
        }

    def _day(self) -> str:
        return (FIRST_DAY + timedelta(days=self.rng.randrange(DAYS))).isoformat()
