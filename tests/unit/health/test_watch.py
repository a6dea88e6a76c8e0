"""A watch: work that lags and does not move is told, and so is a broker that does not answer."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import MetaData

from shared.bus.port import BusError
from shared.bus.progress import Progress
from shared.bus.tables import bus_tables
from shared.database import Database
from shared.health.checks import Check, readiness
from shared.health.contact import contact_ages
from shared.health.watch import Watch


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'case.db'}")
    metadata = MetaData()
    bus_tables(metadata)
    metadata.create_all(database.engine)
    yield database
    database.dispose()


class Log:
    """Answers what the test says, or not at all."""

    def __init__(self) -> None:
        self.progress: dict[str, Progress] = {}
        self.answers = True

    def __call__(self) -> dict[str, Progress]:
        if not self.answers:
            raise BusError("no broker")
        return self.progress


def states(watch: Watch) -> dict[str, str]:
    return {check.name: check.state for check in watch.checks()}


def contacts(database: Database) -> dict[str, float]:
    with database.read() as connection:
        return contact_ages(connection)


def test_work_that_lags_and_does_not_move_stands_still(database: Database) -> None:
    log = Log()
    # Without patience every moment without a move is too long.
    watch = Watch("intake", database, log, patience=0.0)
    log.progress = {"topic/0": Progress(3, 5), "topic/1": Progress(7, 7)}
    watch.look()
    watch.look()
    assert watch.standing_still() == ["topic/0"]
    document, status = readiness([check for check in watch.checks() if check.name == "lag"])
    assert status == 503
    assert document["checks"]["lag"] == {
        "state": "stands still",
        "missing": {"topic/0": 2},
        "standing_still": ["topic/0"],
    }


def test_work_that_lags_but_moves_is_well(database: Database) -> None:
    log = Log()
    watch = Watch("intake", database, log, patience=60.0)
    for done in (3, 4):
        log.progress = {"topic/0": Progress(done, 500)}
        watch.look()
    assert states(watch) == {"broker": "ok", "lag": "ok"}
    log.progress = {"topic/0": Progress(500, 500)}
    watch.look()
    assert watch.standing_still() == []


def test_each_look_that_the_broker_answers_is_kept_for_those_who_cannot_ask(database: Database) -> None:
    log = Log()
    watch = Watch("relay", database, log)
    log.answers = False
    watch.look()
    assert contacts(database) == {}
    assert states(watch)["broker"] == "not asked yet"
    log.answers = True
    watch.look()
    watch.look()
    assert contacts(database).keys() == {"relay"}
    assert states(watch)["broker"] == "ok"


def test_a_broker_that_does_not_answer_is_named(database: Database) -> None:
    log = Log()
    watch = Watch("relay", database, log, patience=0.0)
    log.answers = False
    watch.look()
    assert states(watch)["broker"] == "no answer"
    assert readiness(watch.checks())[1] == 503


def test_what_is_wrong_is_named_and_only_what_is_essential_makes_a_process_unready() -> None:
    well, parked = Check("database", essential=True), Check("parked", "messages wait", facts={"count": 2})
    assert readiness([well]) == ({"status": "ok", "checks": {"database": {"state": "ok"}}}, 200)
    document, status = readiness([well, parked])
    assert (document["status"], status) == ("degraded", 200)
    assert document["checks"]["parked"] == {"state": "messages wait", "count": 2}
    assert readiness([Check("database", "no answer", essential=True), parked])[1] == 503
