"""A database put back from an older copy: nothing is overwritten or skipped, and its tail comes back from the topic."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from shared.bus.port import Message, events_topic
from tests.api_client import Api, House, Reply
from tests.in_process import NOW, copied, opened
from tests.integration.operations.typed import refused, typed
from tests.stories import KACHI, PEOPLE, SESSIONS, add_contract, at, kachi, open_case, register, session, void

SINCE_THE_COPY = 200


@dataclass
class Installation:
    """A data directory with a family's casework, and a copy of its case database from 200 entries ago."""

    data: Path
    copy: Path
    known: dict[str, Any] = field(default_factory=dict)

    def put_copy_in_place(self) -> None:
        for file in self.data.glob("case.db*"):
            file.unlink()
        shutil.copy(self.copy, self.data / "case.db")


def report_of(house: House) -> dict[str, Any]:
    report = house.as_("admin").report(KACHI)
    return {name: report[name] for name in ("outputs", "outcomes")}


@pytest.fixture(scope="module")
def lived_in(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Made once, never to be changed."""
    directory = tmp_path_factory.mktemp("lived-in")
    made = Installation(copied(founded, directory / "data"), directory / "case-copy.db")
    with opened(made.data) as house:
        house.at(NOW)
        add_contract(house.as_("admin"), kachi())
        worker = house.as_("worker1")
        house.settle()
        mother, gone = register(worker, name_zh="陳大文"), register(worker, name_zh="歐陽美芳")
        case_id = open_case(worker, mother, gone)
        house.lazy = True
        early = [session(worker, case_id, at(mother), note="談及工作") for _ in range(5)]
        house.settle()
        with closing(sqlite3.connect(made.data / "case.db")) as live, closing(sqlite3.connect(made.copy)) as copy:
            live.backup(copy)
        late = go_on(worker, case_id, mother, gone, early)
        house.settle()
        made.known = {"mother": mother, "gone": gone, "case": case_id, "report": report_of(house), **late}
    return made


@pytest.fixture
def installation(environment: Path, lived_in: Installation) -> Installation:
    return Installation(copied(lived_in.data, environment), lived_in.copy, lived_in.known)


def go_on(worker: Api, case_id: str, mother: str, gone: str, early: list[Reply]) -> dict[str, Any]:
    """What happens after the copy was made: sessions, a correction, a void, a new person, an erasure."""
    for _ in range(SINCE_THE_COPY - 5):
        session(worker, case_id, at(mother), note="談及住屋").accepted()
    void(worker, SESSIONS, early[0]).accepted()
    newcomer = worker.post(PEOPLE, {"name_zh": "孖指炳", "team_id": "team-families"}, key="phone-1").accepted()
    other_case = open_case(worker, newcomer.body["person_id"], on="2021-03-01")
    session(worker, other_case, at(newcomer.body["person_id"])).accepted()
    leader = worker.house.as_("admin")
    path = f"{PEOPLE}/{gone}"
    leader.post(f"{path}/erase", {"reason": "requested"}, version=leader.version_of(path)).accepted()
    return {"newcomer": newcomer.body["person_id"], "other_case": other_case}


def test_a_restored_store_takes_no_entry_until_its_tail_is_back_and_then_all_is_as_before(
    installation: Installation,
) -> None:
    known = installation.known
    installation.put_copy_in_place()
    with opened(installation.data) as house:
        worker = house.as_("worker1")
        closed = session(worker, known["case"], at(known["mother"]))
        assert (closed.status, closed.body["code"]) == (503, "appends_closed")
        assert "the store seems to be an older copy" in (house.suite.services["case"].store.closed() or "")
    assert "differences" in refused("verify")

    said = typed("restore", "case", "--tail")
    assert "case may be written again" in said
    assert f"PersonRegistered {known['newcomer']}" in said
    assert "keys of what was erased meanwhile were destroyed again" in said
    assert "Every event is in its store" in typed("verify")
    assert "the store holds all that its topic holds" in typed("restore", "--tail")

    with opened(installation.data) as house:
        assert_as_before(house, known)


def assert_as_before(house: House, known: dict[str, Any]) -> None:
    assert report_of(house) == known["report"]
    worker, admin = house.as_("worker1"), house.as_("admin")
    assert worker.get(f"{PEOPLE}/{known['mother']}").body["name_zh"] == "陳大文"
    erased = admin.get(f"{PEOPLE}/{known['gone']}").body
    assert erased["erased"]
    assert erased["name_zh"] is None
    newcomer = worker.get(f"{PEOPLE}/{known['newcomer']}").body
    assert newcomer["name_zh"] is None, "A name that was saved after the copy is lost with it."
    # A phone that never heard the answer sends again: it is answered, and nobody is registered twice.
    again = worker.post(PEOPLE, {"name_zh": "孖指炳", "team_id": "team-families"}, key="phone-1").accepted()
    assert again.body["person_id"] == known["newcomer"]
    session(worker, known["other_case"], at(known["newcomer"])).accepted()
    house.settle()
    assert report_of(house) != known["report"]


def test_what_was_saved_into_the_copy_is_never_overwritten(installation: Installation) -> None:
    installation.put_copy_in_place()
    with closing(sqlite3.connect(installation.data / "case.db")) as file:
        head = file.execute("SELECT max(position) FROM event").fetchone()[0]
        file.execute("UPDATE event SET event_id = 'another' WHERE position = ?", (head,))
        file.commit()
    said = refused("restore", "case", "--tail")
    assert f"hold different events at 1 positions ({head})" in said
    with opened(installation.data) as house:
        assert session(house.as_("worker1"), installation.known["case"]).status == 503
        case = house.suite.services["case"]
        with case.database.read() as connection:
            assert case.store.head(connection)[0] == head


def test_a_hole_in_the_topic_keeps_the_store_closed(installation: Installation) -> None:
    topic = events_topic("case")
    with closing(sqlite3.connect(installation.data / "bus.db")) as bus:
        last = bus.execute(
            "SELECT max(json_extract(value, '$.position')) FROM message JOIN topic USING (topic_id) WHERE name = ?",
            (topic,),
        ).fetchone()[0]
        bus.execute("DELETE FROM message WHERE json_extract(value, '$.position') = ? AND key LIKE '%-%'", (last - 50,))
        bus.commit()
    installation.put_copy_in_place()
    said = refused("restore", "case", "--tail")
    assert f"After position {last - 51} comes {last - 50}, and not {last - 49}" in said
    with opened(installation.data) as house:
        assert session(house.as_("worker1"), installation.known["case"]).status == 503


def test_a_foreign_message_in_the_topic_is_passed_over(installation: Installation) -> None:
    with opened(installation.data) as house:
        house.suite.bus.publish(events_topic("case"), [Message("elsewhere-1", b"no event at all")])
    installation.put_copy_in_place()
    assert "case may be written again" in typed("restore", "case", "--tail")


def test_a_consumer_put_back_from_a_copy_reads_on_from_there(installation: Installation, tmp_path: Path) -> None:
    """Reporting's own events are few; what it had learnt of others it learns again from its older offsets."""
    known = installation.known
    copy = tmp_path / "reporting-copy.db"
    with (
        closing(sqlite3.connect(installation.data / "reporting.db")) as live,
        closing(sqlite3.connect(copy)) as target,
    ):
        live.backup(target)
    with opened(installation.data) as house:
        for _ in range(10):
            session(house.as_("worker1"), known["case"], at(known["mother"])).accepted()
        later = report_of(house)
    for file in installation.data.glob("reporting.db*"):
        file.unlink()
    shutil.copy(copy, installation.data / "reporting.db")
    with opened(installation.data) as house:
        assert report_of(house) == later
    assert "Every event is in its store" in typed("verify")
