"""From stored events to figures: the ledger against decoding, a report among few and many contracts, a big meeting."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date, timedelta
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import msgspec
import yaml
from werkzeug.test import Client

from services.reporting.contracts.handlers import put_contract
from services.reporting.figures.reports import report_of
from services.reporting.ledger.published import UnitWritten
from services.suite import Suite, build
from shared import logs
from shared.bus.envelope import decode
from shared.bus.port import Message, events_topic
from shared.eventstore import CommandMeta, EventStore, Work
from shared.ids import new_id
from shared.service import Service
from shared.serviceunit.events import ServiceUnitRecorded
from shared.serviceunit.unit import Participant, Segment, ServiceUnit
from shared.settings import load_settings, mark_as_demo
from shared.testing.people import PASSWORD
from tests.bench.environment import environment
from tests.bench.measure import Ratio, in_turns, seconds
from tests.bench.store import SESSION

DOCUMENT = yaml.safe_load(Path("deploy/demo/contracts/kachi-2.yaml").read_text(encoding="utf-8"))
FIRST_DAY = date(2018, 6, 1)
PERSONS = 148


def run(scale: float) -> Iterator[Ratio]:
    """The ratios of issue A that are about the ledger, reports and meetings."""
    logs.configure("WARNING")
    few_contracts, many = max(1, int(10 * scale)), max(2, int(600 * scale))
    with suite() as few, suite() as full:
        fill(few, few_contracts)
        events = fill(full, many)
        yield ledger_against_decoding(full, min(events, max(2000, int(100_000 * scale))))
        yield report_among_many(few, full, few_contracts, many)
    with suite() as house:
        yield large_meeting(house, max(5, int(60 * scale)))


@contextmanager
def suite() -> Iterator[Suite]:
    """A suite of its own in an empty directory, without threads."""
    with tempfile.TemporaryDirectory() as directory, suite_in(directory) as made:
        yield made


@contextmanager
def suite_in(directory: str) -> Iterator[Suite]:
    """The suite of a directory, without threads; what was made stays there."""
    with environment(CASELEDGER_DATA=directory):
        mark_as_demo()
        with closing(build(load_settings())) as made:
            yield made


def fill(into: Suite, contracts: int) -> int:
    """Append so many contracts of the demo's size through the stores, ten an agency, and let the ledger learn them."""
    appended = 0
    for number in range(contracts):
        agency_id, contract_id = f"agency-{number // 10}", f"contract-{number}"
        put_contract(into.services["reporting"], meta(agency_id), {**DOCUMENT, "contract": contract_id})
        for service, units in units_of(contract_id).items():
            appended += len(units)
            append_in_bulk(bare_store(into.services[service]), agency_id, units)
    into.background.drain()
    return appended


def bare_store(service: Service) -> EventStore:
    """The service's store without its read tables, which no figure depends on."""
    return EventStore(service.database, service.store.registry, service.vault, service.clock, lambda *_: None)


def append_in_bulk(store: EventStore, agency_id: str, units: Sequence[ServiceUnit]) -> None:
    for start in range(0, len(units), 1000):

        def body(work: Work, portion: Sequence[ServiceUnit] = units[start : start + 1000]) -> None:
            for unit in portion:
                work.append(unit.unit_id, [ServiceUnitRecorded(unit=unit, note_subject=unit.unit_id)], 0)

        store.run(meta(agency_id), body)


def meta(agency_id: str) -> CommandMeta:
    key = new_id("bench")
    return CommandMeta(agency_id, "account-bench", key, key.encode(), key)


def units_of(contract_id: str) -> dict[str, list[ServiceUnit]]:
    """The sessions, meetings and visits of a contract of 家持II's size, by the service that records them."""
    family = cycle([Participant(person_id=new_id("person"), role="family_member") for _ in range(PERSONS)])
    hidden = cycle(
        [Participant(person_id=new_id("contact"), role="drug_user", target_groups=("hidden",)) for _ in range(72)]
    )
    days = (FIRST_DAY + timedelta(days=number % 1090) for number in range(10_000))

    def unit(prefix: str, people: Iterator[Participant], size: int, **more: Any) -> ServiceUnit:
        return replace(
            SESSION,
            unit_id=new_id(prefix),
            occurred_on=next(days),
            segments=(Segment(contract_id=contract_id, minutes=60),),
            participants=tuple(islice(people, size)),
            **more,
        )

    meeting = {"kind": "group_meeting", "activity": "mutual_aid", "case_id": None}
    visit = {"kind": "visit", "setting": "outreach", "activity": "contact", "case_id": None}
    return {
        "case": [unit("session", family, 1) for _ in range(1481)]
        + [unit("session", hidden, 1) for _ in range(99)]
        + [unit("session", family, 1, kind="support_session", activity="nursing") for _ in range(141)],
        "groups": [unit("meeting", family, 7 if number < 139 else 6, **meeting) for number in range(285)],
        "outreach": [unit("visit", hidden, 2, **visit) for _ in range(48)],
    }


def ledger_against_decoding(full: Suite, events: int) -> Ratio:
    """The intake of the ledger, arrivals, rows and all, against decoding the same messages and nothing else."""
    messages: list[Message] = []
    reader = full.bus.consumer("bench", [events_topic("case")])
    reader.poll(1, 0)
    for partition in reader.awaiting_seek():
        reader.seek(partition.topic, partition.number, 0)
    while len(messages) < events and (batch := reader.poll(5000, 1.0)):
        messages += [Message(received.key, received.value) for received in batch]
    assert messages
    reader.close()
    decoder = msgspec.json.Decoder(UnitWritten)

    def decode_all() -> None:
        for message in messages:
            decoder.decode(decode(message.value).data)

    def take_in() -> float:
        with suite() as fresh:
            fresh.bus.publish(events_topic("case"), messages)
            intake = fresh.services["reporting"].intake
            taken = 0

            def all_of_it() -> None:
                nonlocal taken
                while moved := intake.run_once():
                    taken += moved

            took = seconds(all_of_it)
            assert taken >= len(messages)
            return len(messages) / took

    ours, bare = in_turns(3, take_in, lambda: len(messages) / seconds(decode_all))
    return Ratio(name="ledger against decoding the same JSON", ours=ours, other=bare, unit="events/s", aim=None)


def report_among_many(few: Suite, full: Suite, few_contracts: int, many: int) -> Ratio:
    """The same contract's report counted from the ledger, with ten contracts present and with many."""

    def counted(where: Suite) -> float:
        service = where.services["reporting"]

        def count() -> None:
            with service.database.read() as connection:
                figures = report_of(service.store, connection, "agency-0", "contract-0")
            assert figures["outputs"][2]["actual"] == 1849

        return 1000 * seconds(count)

    ours, other = in_turns(15, lambda: counted(full), lambda: counted(few))
    name = f"report with {many} contracts against with {few_contracts}"
    return Ratio(name=name, ours=ours, other=other, unit="ms", aim=1.3, at_least=False)


def large_meeting(house: Suite, rounds: int) -> Ratio:
    """Saving a meeting of 60 people over HTTP against saving one of a single person."""
    people, headers, client = group_of_sixty(house)

    def save(size: int) -> float:
        body = {
            "activity": "mutual_aid",
            "occurred_on": "2020-05-06",
            "minutes": 90,
            "participants": [{"person_id": one, "role": "family_member", "walk_in": True} for one in people[:size]],
        }
        key = {"Idempotency-Key": new_id("key")}

        def post() -> None:
            answer = client.post("/groups/api/v1/meetings", json=body, headers={**headers, **key})
            assert answer.status_code == 201, answer.text

        return 1000 * seconds(post)

    ours, other = in_turns(rounds, lambda: save(60), lambda: save(1))
    return Ratio(name="meeting of 60 against meeting of 1", ours=ours, other=other, unit="ms", aim=3.0, at_least=False)


def group_of_sixty(house: Suite) -> tuple[list[str], dict[str, str], Client]:
    """Sixty registered people, and a worker who is signed in."""
    agency_id = house.accounts.create_agency("Bench")
    team_id = house.accounts.create_team(agency_id, "Team")
    house.accounts.create_account(
        agency_id, username="worker", password=PASSWORD, display_name="Worker", role="worker", team_ids=[team_id]
    )
    client = Client(house.app)
    token = client.post("/api/v1/sessions", json={"username": "worker", "password": PASSWORD}).json["token"]
    headers = {"Authorization": f"Bearer {token}"}
    people = []
    for number in range(60):
        body = {"alias": f"Bench {number}", "team_id": team_id, "roles": []}
        key = {"Idempotency-Key": new_id("key")}
        answer = client.post("/case/api/v1/people", json=body, headers={**headers, **key})
        people.append(answer.json["person_id"])
    house.background.drain()
    return people, headers, client
