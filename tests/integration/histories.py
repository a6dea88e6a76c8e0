"""Random histories for the property tests: what a handful of workers might do to one contract, in any order."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from shared.bus.port import Message, events_topic
from shared.clock import local_date
from shared.ids import new_id
from tests.api_client import Api, House, Reply, unique
from tests.stories import (
    ASSESSMENTS,
    CONTACTS,
    MEETINGS,
    PEOPLE,
    SESSIONS,
    TALLIES,
    VISITS,
    add_contract,
    at,
    kachi,
    meeting_body,
    open_case,
    practitioner,
    register,
    session_body,
    token,
    visit_body,
)

FIRST_DAY = date(2021, 1, 4)
RULES: tuple[Mapping[str, Any], ...] = (
    {},
    {"minimum_minutes": 30, "joint_sessions": "primary"},
    {"participant_status": ["present", "late", "absent"], "unidentified": True, "modes": ["in_person", "messaging"]},
)
SERVICES = ("case", "groups", "outreach", "reporting")


CASES = {
    "id": "cases",
    "measures": [{"id": which, "measure": "cases", "which": which} for which in ("opened", "active", "closed")],
}


def _with_share(output: dict[str, Any]) -> dict[str, Any]:
    """An output with the share of what was done online or by phone, of each kind of measure that has one."""
    online = {"measure": "share", "where": {"mode": ["online", "phone"]}}
    shares = [{"id": f"{one['id']}-online", "of": one["id"], **online} for one in output["measures"]]
    return {**output, "measures": [*output["measures"], *shares]}


@dataclass
class Entry:
    """One recorded entry."""

    collection: str
    unit_id: str
    version: int
    make: Callable[[Random], dict[str, Any]]


@dataclass
class History:
    """One contract's history in a house: `do` takes a step, refused ones leave no trace."""

    house: House
    rules: Mapping[str, Any]
    slug: str = ""
    whole: dict[str, Any] = field(default_factory=dict)
    case_id: str = ""
    case_on: date = FIRST_DAY
    people: list[tuple[str, str]] = field(default_factory=list)  # id and role
    practitioners: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    scores: list[tuple[str, int]] = field(default_factory=list)
    cuts: list[dict[str, int]] = field(default_factory=list)
    merged: set[str] = field(default_factory=set)
    identified: set[str] = field(default_factory=set)
    done: set[str] = field(default_factory=set)  # the acts that were accepted at least once

    def begin(self) -> "History":
        """Register the contract, a family, and its case, which has not opened yet."""
        self.slug = unique("history-")
        self.whole = {**kachi(**self.rules), "contract": self.slug}
        self.whole["period"] = {"from": "2021-01-11", "to": "2021-12-31"}
        self.whole["outputs"] = [*map(_with_share, self.whole["outputs"]), CASES]
        self.house.lazy = False
        add_contract(self.house.as_("admin"), self.whole)
        worker = self.worker
        first = register(worker)
        self.people.append((first, "family_member"))
        self.case_id = open_case(worker, first, on="2021-01-04", contract=self.slug, stage="enquiry")
        self.house.lazy = True
        return self

    @property
    def worker(self) -> Api:
        return self.house.as_("worker1")

    @property
    def outreach(self) -> Api:
        return self.house.as_("worker5")

    def do(self, act: str, seed: int) -> None:
        """Take one step; time goes on a little."""
        rng = Random(seed)
        self.house.at(self.house.now() + timedelta(minutes=rng.choice((1, 1, 90, 1500, 8000))))
        before = len(self.house.accepted)
        getattr(self, act)(rng)
        if len(self.house.accepted) > before:
            self.done.add(act)
        heads = dict.fromkeys(SERVICES, 0)
        for one in self.house.accepted:
            heads[one.service] = max(heads[one.service], one.position)
        self.cuts.append(heads)

    def _try(self, send: Callable[[], Reply]) -> Reply:
        """Send; where another service has not heard of it yet, let it hear and send once more."""
        reply = send()
        if reply.status in (404, 422):
            self.house.settle()
            reply = send()
        assert reply.status < 500, reply.body
        return reply

    # People

    def registers_family(self, rng: Random) -> None:
        person = register(self.worker)
        self.people.append((person, "family_member"))
        self._join(person)

    def registers_user(self, rng: Random) -> None:
        groups = rng.choice(((), ("hidden",), ("low_motivation",)))
        person = register(self.worker, "drug_user", groups=groups, team_id="team-families")
        self.people.append((person, "drug_user"))
        self._join(person)

    def _join(self, person: str) -> None:
        path = f"/case/api/v1/cases/{self.case_id}"
        member = {"person_id": person, "relationship": "other", "from_date": "2021-01-04"}
        version = self._version(self.worker, path)
        self._try(lambda: self.worker.post(f"{path}/members", member, version=version))

    def registers_token(self, rng: Random) -> None:
        self.tokens.append(token(self.outreach))

    def identifies(self, rng: Random) -> None:
        users = [person for person, role in self.people if role == "drug_user"]
        if self.tokens and users:
            contact, person = rng.choice(self.tokens), rng.choice(users)
            reply = self._change(self.outreach, f"{CONTACTS}/{contact}", "identify", {"person_id": person})
            self.identified |= {contact} if reply.status < 300 else set()

    def unidentifies(self, rng: Random) -> None:
        if self.identified:
            contact = rng.choice(sorted(self.identified))
            self._change(self.outreach, f"{CONTACTS}/{contact}", "unidentify", {"reason": "wrong_person"})

    def merges(self, rng: Random) -> None:
        if len(self.people) > 1:
            (absorbed, _), (into, _) = rng.sample(self.people, 2)
            leader = self.house.as_("leader1")
            version = self._version(leader, f"{PEOPLE}/{into}")
            body = {"into": into, "into_version": version, "reason": "duplicate"}
            reply = self._change(leader, f"{PEOPLE}/{absorbed}", "merge", body)
            self.merged |= {absorbed} if reply.status < 300 else set()

    def unmerges(self, rng: Random) -> None:
        if self.merged:
            person = rng.choice(sorted(self.merged))
            self._change(self.house.as_("leader1"), f"{PEOPLE}/{person}", "unmerge", {"reason": "wrong_person"})

    def erases(self, rng: Random) -> None:
        person, _ = rng.choice(self.people)
        self._change(self.house.as_("admin"), f"{PEOPLE}/{person}", "erase", {"reason": "requested"})

    # The case

    def opens(self, rng: Random) -> None:
        self._move_case("open", rng)

    def closes(self, rng: Random) -> None:
        self._move_case("close", rng)

    def reopens(self, rng: Random) -> None:
        self._move_case("reopen", rng)

    def _move_case(self, act: str, rng: Random) -> None:
        """On some day since its last stage, before the contract's period, within it, or after."""
        on = min(self.case_on + timedelta(days=rng.choice((0, 3, 20, 90))), local_date(self.house.now()))
        reply = self._change(self.worker, f"/case/api/v1/cases/{self.case_id}", act, {"on": on.isoformat()})
        self.case_on = on if reply.status < 300 else self.case_on

    # Entries

    def records_session(self, rng: Random) -> None:
        def make(rng: Random) -> dict[str, Any]:
            people = [{**one, "target_groups": None} for one in self._people(rng)]
            body = session_body(self.case_id, *people, contract_id=self.slug, aftercare=True)
            if rng.random() < 0.3:
                body |= {"kind": "support_session", "activity": rng.choice(("nursing", "legal"))}
            return body | self._facts(rng, ("held", "held", "no_show", "cancelled"))

        self._record(self.worker, SESSIONS, make, rng)

    def records_meeting(self, rng: Random) -> None:
        def make(rng: Random) -> dict[str, Any]:
            body = meeting_body(*self._people(rng), contract_id=self.slug, unidentified_count=rng.randint(0, 2))
            return body | self._facts(rng, ("held", "held", "cancelled"))

        self._record(self.worker, MEETINGS, make, rng)

    def records_visit(self, rng: Random) -> None:
        def make(rng: Random) -> dict[str, Any]:
            tokens = [
                {
                    "person_id": one,
                    "role": "drug_user",
                    "target_groups": rng.choice((["hidden"], [])),
                    "status": "present",
                }
                for one in rng.sample(self.tokens, min(len(self.tokens), rng.randint(0, 3)))
            ]
            people = [*self._people(rng), *tokens]
            body = visit_body(*people, contract_id=self.slug, setting=rng.choice(("outreach", "home_visit", "online")))
            return body | {**self._facts(rng, ("held",)), "status": None}

        self._record(self.outreach, VISITS, make, rng)

    def holds_sector_event(self, rng: Random) -> None:
        if not self.practitioners or rng.random() < 0.4:
            self.practitioners.append(practitioner(self.worker))

        def make(rng: Random) -> dict[str, Any]:
            came = rng.sample(self.practitioners, rng.randint(1, len(self.practitioners)))
            people = [at(one, "practitioner", status=rng.choice(("present", "present", "absent"))) for one in came]
            activity = rng.choice(("training", "supervision", "sharing"))
            body = meeting_body(*people, contract_id=self.slug, kind="sector_event", activity=activity)
            return body | self._facts(rng, ("held",))

        self._record(self.worker, MEETINGS, make, rng)

    def counts_questionnaires(self, rng: Random) -> None:
        body = {
            "instrument": "bdf21",
            "instrument_version": "DEMO",
            "contract_id": self.slug,
            "assessed_on": self._day(rng).isoformat(),
        }
        rows = {"rows": [rng.randint(1, 5) for _ in range(rng.randint(1, 6))], "satisfied_from": 3}
        totals = {"totals": {"satisfied": rng.randint(0, 9), "not_satisfied": rng.randint(0, 2)}}
        self._try(lambda: self.worker.post(TALLIES, body | rng.choice((rows, totals))))

    def plans_then_records(self, rng: Random) -> None:
        body = meeting_body(*self._people(rng), contract_id=self.slug) | self._facts(rng, ("held",))
        unit_id = new_id("meeting")
        planned = self._try(lambda: self.worker.post(f"{MEETINGS}/plan", {**body, "id": unit_id, "status": "planned"}))
        if planned.status == 201 and rng.random() < 0.7:
            self._try(lambda: self.worker.post(f"{MEETINGS}/{unit_id}/record", body, version=planned.version))

    def corrects(self, rng: Random) -> None:
        if self.entries:
            entry = rng.choice(self.entries)
            body = entry.make(rng) | {"reason": "new_information"}
            api, path = self._owner(entry), f"{entry.collection}/{entry.unit_id}"
            reply = self._try(lambda: api.put(path, body, version=entry.version))
            if reply.status == 200:
                entry.version = reply.version

    def voids(self, rng: Random) -> None:
        if self.entries:
            entry = self.entries.pop(rng.randrange(len(self.entries)))
            path = f"{entry.collection}/{entry.unit_id}/void"
            self._try(lambda: self._owner(entry).post(path, {"reason": "duplicate"}, version=entry.version))

    def repeats_a_request(self, rng: Random) -> None:
        """A phone that heard no answer sends the same again: one entry."""
        key, body = new_id("key"), meeting_body(*self._people(rng), contract_id=self.slug) | self._facts(rng, ("held",))
        replies = [self._try(lambda: self.worker.post(MEETINGS, body, key=key)) for _ in range(2)]
        assert replies[0].status == replies[1].status

    def assesses(self, rng: Random) -> None:
        person, role = rng.choice(self.people)
        body = {
            "person_id": person,
            "instrument": "bdf20" if role == "family_member" else "bdf13",
            "instrument_version": "DEMO",
            "language": "zh-Hant",
            "phase": rng.choice(("pre", "post")),
            "assessed_on": self._day(rng).isoformat(),
            "contract_id": self.slug,
            "total": rng.randint(0, 10),
        }
        reply = self._try(lambda: self.worker.post(ASSESSMENTS, body))
        if reply.status == 201:
            self.scores.append((reply.body["assessment_id"], reply.version))

    def voids_assessment(self, rng: Random) -> None:
        if self.scores:
            score, version = self.scores.pop(rng.randrange(len(self.scores)))
            path = f"{ASSESSMENTS}/{score}/void"
            self._try(lambda: self.worker.post(path, {"reason": "duplicate"}, version=version))

    # The bus

    def delivers_again(self, rng: Random) -> None:
        """Messages arrive a second time, from the bus's point of view as new ones."""
        self.house.settle()
        service = rng.choice(SERVICES)
        topic = events_topic(service)
        consumer = self.house.suite.bus.consumer(new_id("repeat"), [topic])
        received = consumer.poll(500, 0.0)
        consumer.close()
        again = [Message(one.key, one.value) for one in rng.sample(received, min(len(received), 5))]
        if again:
            self.house.suite.bus.publish(topic, again)

    def lets_events_move(self, rng: Random) -> None:
        self.house.settle()

    # Content

    def _record(self, api: Api, collection: str, make: Callable[[Random], dict[str, Any]], rng: Random) -> None:
        unit_id = new_id({SESSIONS: "session", MEETINGS: "meeting", VISITS: "visit"}[collection])
        body = make(rng) | {"id": unit_id}
        reply = self._try(lambda: api.post(collection, body))
        if reply.status == 201:
            self.entries.append(Entry(collection, unit_id, reply.version, make))

    def _owner(self, entry: Entry) -> Api:
        return self.outreach if entry.collection == VISITS else self.worker

    def _facts(self, rng: Random, statuses: tuple[str, ...]) -> dict[str, Any]:
        return {
            "occurred_on": self._day(rng).isoformat(),
            "minutes": rng.choice((10, 30, 60, 180, 360)),
            "mode": rng.choice(("in_person", "in_person", "online", "phone", "hybrid", "messaging")),
            "status": rng.choice(statuses),
        }

    def _day(self, rng: Random) -> date:
        """A day between the week before the contract and today."""
        last = min(self.house.now().date(), date(2022, 1, 10))
        return FIRST_DAY + timedelta(days=rng.randint(0, max(0, (last - FIRST_DAY).days)))

    def _people(self, rng: Random) -> list[dict[str, Any]]:
        chosen = rng.sample(self.people, min(len(self.people), rng.randint(1, 4)))
        return [
            {
                "person_id": person,
                "role": rng.choice((role, role, role, "companion")),
                "target_groups": ["hidden"] if role == "drug_user" and rng.random() < 0.7 else [],
                "status": rng.choice(("present", "present", "late", "absent", "excused")),
            }
            for person, role in chosen
        ]

    def _change(self, api: Api, path: str, act: str, body: Mapping[str, Any]) -> Reply:
        version = self._version(api, path)
        return self._try(lambda: api.post(f"{path}/{act}", body, version=version))

    def _version(self, api: Api, path: str) -> int:
        reply = self.house.raw("GET", path, api.headers())
        return reply.version if reply.status == 200 else 1
