"""A suite in which sessions are stored without asking anybody, with case and reporting on either database."""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from services.suite import Suite, build
from shared import logs
from shared.eventstore import CommandMeta, Work
from shared.ids import new_id
from shared.serviceunit.events import ServiceUnitCorrected, ServiceUnitRecorded
from shared.serviceunit.unit import Participant, Segment, ServiceUnit
from shared.testing.settings import settings_in
from shared.testing.units import a_unit

AGENCY = "agency-one"
_FIRST = date(2020, 1, 6)


@contextmanager
def world(directory: Path, urls: Mapping[str, str]) -> Iterator[Suite]:
    """The suite in `directory`, without threads; databases that `urls` does not name are SQLite's."""
    logs.configure("CRITICAL")
    with closing(build(settings_in(directory, database_urls=dict(urls)))) as suite:
        yield suite


def session(number: int, **changes: object) -> ServiceUnit:
    """One of many sessions."""
    people = tuple(
        Participant(person_id=f"person-{(number + each) % 97}", role="family_member") for each in range(number % 4 + 1)
    )
    unit = a_unit(
        unit_id=f"session-{number:06}",
        occurred_on=_FIRST + timedelta(days=number % 900),
        segments=(Segment(contract_id=f"contract-{number % 3}", minutes=60),),
        participants=people,
    )
    return replace(unit, **changes)


def record(suite: Suite, first: int, count: int) -> None:
    """Store sessions in the case service, each third of them corrected, each in the order it happened."""
    for start in range(first, first + count, 500):

        def body(work: Work, numbers: range = range(start, min(start + 500, first + count))) -> None:
            for number in numbers:
                unit = session(number)
                facts: list[object] = [ServiceUnitRecorded(unit=unit, note="談及工作", note_subject=unit.unit_id)]
                if number % 3 == 0:
                    right = replace(unit, minutes=90, segments=(replace(unit.segments[0], minutes=90),))
                    facts.append(ServiceUnitCorrected(unit=right, reason="typing_error", note_subject=unit.unit_id))
                work.append(unit.unit_id, facts, 0)

        key = new_id("test")
        suite.services["case"].store.run(CommandMeta(AGENCY, "account-1", key, b"", key), body)
