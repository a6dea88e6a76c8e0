"""Pages of one team in a small agency, against the same pages where the agency has a hundred times as many sessions.

Everything is made through the stores, as the services would have written it: teams of five workers, each team with the
contract, the cases and the sessions of a 家持II.
"""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from services.case.cases.events import CaseAssigned, CaseOpened, CaseRegistered, Member
from services.case.people.events import Attributes, Particulars, PersonRegistered
from services.groups.groups.events import GroupOpened, GroupPlanned
from services.reporting.contracts.handlers import put_contract
from services.suite import Suite
from shared import logs
from shared.auth.accounts import Accounts
from shared.eventstore import EventStore, Work
from shared.serviceunit.events import ServiceUnitRecorded
from shared.serviceunit.unit import Participant, Segment, ServiceUnit
from shared.testing.people import PASSWORD
from tests.bench.figures import DOCUMENT, meta, suite_in
from tests.bench.measure import Ratio, in_turns
from tests.bench.reader import Reader
from tests.e2e.serving import serving

AGENCY = "agency-grown"
ROUNDS = 11
TIMES = 100
AIM = 1.5
CASES, WORKERS = 40, 5
DAYS = 900
PAGES = {
    "Today of a worker": ("worker", "/"),
    "a case": ("worker", "/case/cases/case-0-0"),
    "the cases": ("worker", "/case/cases"),
    "Today of a leader": ("leader", "/"),
    "the team": ("leader", "/reporting/team"),
    "the contract": ("leader", "/reporting/contracts/contract-0"),
    "a figure": ("leader", "/reporting/contracts/contract-0/figures/output-2/sessions"),
    "what moved": ("leader", "/reporting/contracts/contract-0/moved"),
}
_AT_ONCE = 500

Streams = Iterable[tuple[str, list[Any]]]
"""What is appended: the events of streams that begin, each by its id."""


@dataclass(frozen=True, slots=True)
class Size:
    """How many sessions, meetings and visits a team has recorded."""

    sessions: int = 1_600
    meetings: int = 200
    visits: int = 50


TINY = Size(20, 4, 2)


def run(scale: float) -> Iterator[Ratio]:
    """Each page's ratio: many teams against one. At a small scale there are few teams with few sessions."""
    logs.configure("WARNING")
    many, rounds = max(2, int(TIMES * scale)), ROUNDS if scale >= 1 else 1
    size = Size() if scale >= 1 else TINY
    with grown(1, size) as small, grown(many, size) as large:
        for name, (who, address) in PAGES.items():
            ours, other = in_turns(
                rounds,
                lambda who=who, address=address: large[who].milliseconds(address),  # type: ignore[misc]
                lambda who=who, address=address: small[who].milliseconds(address),  # type: ignore[misc]
            )
            told = f"{name}, {many} times the sessions"
            yield Ratio(name=told, ours=ours, other=other, unit="ms", aim=AIM, at_least=False)


@contextmanager
def grown(teams: int, size: Size) -> Iterator[dict[str, Reader]]:
    """An agency of so many teams, served; its readers are the worker and the leader of the first team."""
    with tempfile.TemporaryDirectory() as directory:
        with suite_in(directory) as made:
            found(made.accounts)
            for number in range(teams):
                fill(made, Team(number), size)
            made.background.drain()
        with serving(Path(directory), {}) as served:
            readers = {name: Reader(served.url, name, PASSWORD) for name in ("worker", "leader")}
            for who, address in PAGES.values():
                readers[who].get(address)
            yield readers


@dataclass(frozen=True, slots=True)
class Team:
    """One team by its number, which all its ids carry."""

    number: int

    def id(self, kind: str, *numbers: int) -> str:
        return "-".join((kind, *map(str, (self.number, *numbers))))

    @property
    def workers(self) -> list[str]:
        """The first team's first worker is the one who reads."""
        return [self.id("account", one) for one in range(WORKERS)]

    @property
    def people(self) -> list[str]:
        return [self.id("person", one) for one in range(CASES)]


def found(accounts: Accounts) -> None:
    """The agency, its first team, and the two who read."""
    first = Team(0)
    accounts.create_agency("Grown", agency_id=AGENCY)
    team_id = accounts.create_team(AGENCY, "Team", team_id=first.id("team"))
    for name, role, account_id in (("worker", "worker", first.workers[0]), ("leader", "team_leader", "account-leader")):
        accounts.create_account(
            AGENCY,
            username=name,
            password=PASSWORD,
            display_name=name,
            role=role,
            team_ids=[team_id],
            account_id=account_id,
        )


def fill(into: Suite, team: Team, size: Size) -> None:
    """A contract that still runs, the cases of a team, its group, and all that it has recorded until today."""
    today = date.today()
    begin = today - timedelta(days=DAYS)
    period = {"from": begin.isoformat(), "to": (today + timedelta(days=200)).isoformat()}
    document = {**DOCUMENT, "contract": team.id("contract"), "period": period}
    put_contract(into.services["reporting"], meta(AGENCY), document)
    stores = {name: service.store for name, service in into.services.items()}
    append(stores["case"], (*people_of(team), *cases_of(team, begin)))
    append(stores["groups"], [_group(team, begin)])
    for service, units in units_of(team, begin, size).items():
        append(stores[service], ((one.unit_id, [_recorded(one)]) for one in units))


def append(store: EventStore, streams: Streams) -> None:
    """Append streams as the service would, read tables and all, some hundred in one command."""
    waiting = iter(streams)
    while portion := list(islice(waiting, _AT_ONCE)):

        def body(work: Work, portion: Streams = portion) -> None:
            for stream_id, events in portion:
                work.append(stream_id, events, 0)

        store.run(meta(AGENCY), body)


def people_of(team: Team) -> Streams:
    for number, person_id in enumerate(team.people):
        registered = PersonRegistered(
            person_id=person_id,
            client_number=f"P-{team.number}-{number}",
            team_id=team.id("team"),
            alias_only=False,
            attributes=Attributes(),
            particulars=Particulars(name_zh=f"陳大文{number}"),
        )
        yield person_id, [registered]


def cases_of(team: Team, on: date) -> Streams:
    """One person a case, the cases spread over the workers."""
    for number, person_id in enumerate(team.people):
        own = {
            "case_id": team.id("case", number),
            "case_number": f"C-{team.number}-{number}",
            "contract_id": team.id("contract"),
            "team_id": team.id("team"),
        }
        members = (Member(person_id=person_id, relationship="self", from_date=on),)
        worker_id = team.workers[number % WORKERS]
        yield (
            own["case_id"],
            [
                CaseRegistered(**own, kind="person", members=members),
                CaseOpened(**own, on=on, members=members),
                CaseAssigned(case_id=own["case_id"], worker_id=worker_id, on=on),
            ],
        )


def units_of(team: Team, begin: date, size: Size) -> dict[str, list[ServiceUnit]]:
    """What a team has recorded, by the service that keeps it, spread evenly over all days until today."""
    meeting = {"kind": "group_meeting", "activity": "mutual_aid", "group_id": team.id("group")}
    visit = {"kind": "visit", "setting": "outreach", "activity": "contact"}
    return {
        "case": [
            _unit(team, "session", number, begin, size.sessions, 1, case_id=team.id("case", number % CASES))
            for number in range(size.sessions)
        ],
        "groups": [
            _unit(team, "meeting", number, begin, size.meetings, 6, **meeting) for number in range(size.meetings)
        ],
        "outreach": [_unit(team, "visit", number, begin, size.visits, 2, **visit) for number in range(size.visits)],
    }


def _unit(team: Team, prefix: str, number: int, begin: date, of: int, people: int, **more: Any) -> ServiceUnit:
    worker_id = team.workers[number % CASES % WORKERS]
    there = islice(cycle(team.people), number % CASES, number % CASES + people)
    given = {"kind": "case_session", "activity": "follow_up", **more}
    return ServiceUnit(
        unit_id=team.id(prefix, number),
        occurred_on=begin + timedelta(days=number * DAYS // of),
        team_id=team.id("team"),
        entered_by=worker_id,
        served_by=(worker_id,),
        minutes=60,
        segments=(Segment(contract_id=team.id("contract"), minutes=60),),
        participants=tuple(Participant(person_id=one, role="family_member") for one in there),
        **given,
    )


def _recorded(unit: ServiceUnit) -> ServiceUnitRecorded:
    return ServiceUnitRecorded(unit=unit, note_subject=unit.unit_id)


def _group(team: Team, on: date) -> tuple[str, list[Any]]:
    group_id = team.id("group")
    planned = GroupPlanned(
        group_id=group_id,
        title="Group",
        activity="mutual_aid",
        closed=False,
        team_id=team.id("team"),
        from_date=on,
        contract_id=team.id("contract"),
    )
    return group_id, [planned, GroupOpened(group_id=group_id, on=on)]
