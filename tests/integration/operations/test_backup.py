"""Backup and restore of an installation: figures and pages as before, names found again, the erased stay unreadable."""

import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from services.suite import Suite
from shared.bus.embedded import EmbeddedBus
from shared.bus.port import events_topic
from tests.api_client import House
from tests.in_process import NOW, copied, opened
from tests.integration.operations.typed import refused, typed
from tests.integration.rebuild.world import record, world
from tests.stories import (
    CONTACTS,
    KACHI,
    PEOPLE,
    add_contract,
    at,
    kachi,
    met,
    open_case,
    register,
    session,
    token,
    visit,
)

PLANTED, ERASED, ALIAS, NOTE = "歐陽寶珍", "司徒念慈", "孖指炳", "談及昨晚與兒子爭執。"


@dataclass
class Installation:
    data: Path
    backup: Path
    keys: Path
    known: dict[str, Any] = field(default_factory=dict)


def seen(house: House, known: dict[str, Any]) -> dict[str, Any]:
    """What workers see of all services."""
    worker, admin, outreach = house.as_("worker1"), house.as_("admin"), house.as_("worker5")
    report = admin.report(KACHI)
    return {
        "report": {name: report[name] for name in ("outputs", "outcomes")},
        "found": [one["person_id"] for one in worker.get(f"{PEOPLE}?q={PLANTED}").body["items"]],
        "person": worker.get(f"{PEOPLE}/{known['mother']}").body,
        "case": worker.get(f"/case/api/v1/cases/{known['case']}").body,
        "contact": outreach.get(f"{CONTACTS}/{known['contact']}").body,
    }


@pytest.fixture(scope="module")
def lived_in(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Made once, never to be changed: a family, its sessions, a contact met on a visit; one person will be erased."""
    directory = tmp_path_factory.mktemp("lived-in")
    made = Installation(copied(founded, directory / "data"), directory / "backup", directory / "keys.json")
    with opened(made.data) as house:
        house.at(NOW)
        add_contract(house.as_("admin"), kachi())
        worker = house.as_("worker1")
        mother = register(worker, name_zh=PLANTED, alias=ALIAS)
        gone = register(worker, name_zh=ERASED)
        case_id = open_case(worker, mother, gone)
        for _ in range(5):
            session(worker, case_id, at(mother), note=NOTE).accepted()
        outreach = house.as_("worker5")
        contact = token(outreach, "街頭花名")
        visit(outreach, met(contact)).accepted()
        house.settle()
        made.known = {"mother": mother, "gone": gone, "case": case_id, "contact": contact}
        made.known["before"] = seen(house, made.known)
    return made


@pytest.fixture
def installation(environment: Path, lived_in: Installation, tmp_path: Path) -> Installation:
    """A running installation of its own, which was backed up."""
    own = Installation(copied(lived_in.data, environment), tmp_path / "backup", tmp_path / "keys.json", lived_in.known)
    said = typed("backup", str(own.backup), "--keys", str(own.keys))
    assert "Keys:" in said
    return own


def restore(installation: Installation, *more: str) -> str:
    return typed("restore", str(installation.backup), "--keys", str(installation.keys), *more)


def erase(house: House, person_id: str) -> None:
    admin = house.as_("admin")
    path = f"{PEOPLE}/{person_id}"
    admin.post(f"{path}/erase", {"reason": "requested"}, version=admin.version_of(path)).accepted()
    house.settle()


def test_a_backup_holds_no_name_no_note_and_no_key(installation: Installation) -> None:
    texts = [text.encode() for text in (PLANTED, ERASED, ALIAS, NOTE, "街頭花名")]
    texts += [json.dumps(text).strip('"').encode() for text in (PLANTED, ERASED, ALIAS, NOTE)]
    written = {file.name: file.read_bytes() for file in installation.backup.iterdir()}
    assert set(written) == {f"{name}.db" for name in ("auth", "case", "groups", "outreach", "reporting")} | {
        "manifest.json"
    }
    live = b"".join(file.read_bytes() for file in installation.data.glob("case.db*"))
    assert PLANTED.encode() in live, "The search would find a name where there is one."
    for name, content in written.items():
        assert not [text for text in texts if text in content], name
        assert bytes(range(32)) not in content
        assert b"AAECAwQFBgcICQ" not in content, "The master key, in base64."
    with closing(sqlite3.connect(installation.backup / "case.db")) as file:
        assert file.execute("SELECT count(*) FROM data_key").fetchone() == (0,)
        assert file.execute("SELECT count(*) FROM event WHERE sealed IS NOT NULL").fetchone()[0] > 5
    assert (installation.keys.stat().st_mode & 0o777) == 0o600
    assert not list(installation.data.glob(".backup-*"))


def test_it_is_restored_on_an_empty_machine_as_it_was(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CASELEDGER_MASTER_KEYS")
    shutil.rmtree(installation.data)
    said = restore(installation)
    assert "is in place" in said
    assert "restore case --tail" not in said
    assert "k1:AAECAwQF" in (installation.data / "master.key").read_text()
    with opened(installation.data) as house:
        assert seen(house, installation.known) == installation.known["before"]
        session(house.as_("worker1"), installation.known["case"], at(installation.known["mother"])).accepted()
        house.settle()
    assert "Every event is in its store" in typed("verify")


def test_what_was_saved_after_the_backup_comes_back_from_the_topics(installation: Installation) -> None:
    known = installation.known
    with opened(installation.data) as house:
        for _ in range(3):
            session(house.as_("worker1"), known["case"], at(known["mother"])).accepted()
        visit(house.as_("worker5"), met(known["contact"])).accepted()
        house.settle()
        later = seen(house, known)
    said = restore(installation, "--replace")
    assert "The topic of case holds more than the backup: caseledger restore case --tail" in said
    assert "restore outreach --tail" in said
    with opened(installation.data) as house:
        assert session(house.as_("worker1"), known["case"], at(known["mother"])).status == 503
    typed("restore", "--tail")
    assert "Every event is in its store" in typed("verify")
    with opened(installation.data) as house:
        assert seen(house, known) == later


@pytest.mark.parametrize("topic_is_lost", [False, True], ids=["the topic is there", "the topic is lost"])
def test_who_was_erased_after_the_backup_stays_unreadable(installation: Installation, topic_is_lost: bool) -> None:
    known = installation.known
    with opened(installation.data) as house:
        erase(house, known["gone"])
    if topic_is_lost:
        with closing(EmbeddedBus(installation.data / "bus.db")) as bus:
            for name in ("case", "groups", "outreach", "reporting"):
                bus.delete_topic(events_topic(name))
    restore(installation, "--replace")
    assert_unreadable(installation, known["gone"])
    if not topic_is_lost:
        assert "case may be written again" in typed("restore", "--tail")
        assert_unreadable(installation, known["gone"])
        with opened(installation.data) as house:
            assert house.as_("admin").get(f"{PEOPLE}/{known['gone']}").body["erased"]


def test_the_newest_file_of_keys_erases_in_every_older_backup(installation: Installation, tmp_path: Path) -> None:
    known = installation.known
    with opened(installation.data) as house:
        erase(house, known["gone"])
    typed("backup", str(tmp_path / "later"), "--keys", str(installation.keys))
    shutil.rmtree(installation.data)
    restore(installation)
    assert_unreadable(installation, known["gone"])


def assert_unreadable(installation: Installation, person_id: str) -> None:
    with opened(installation.data) as house:
        # Not `get`, which would first let events move.
        worker = house.as_("admin")
        answer = house.raw("GET", f"{PEOPLE}/{person_id}", worker.headers())
        assert (answer.status, answer.body["name_zh"]) == (200, None)
        found = house.raw("GET", f"{PEOPLE}?q={ERASED}", worker.headers())
        assert found.body["items"] == []
    for file in installation.data.glob("case.db*"):
        assert ERASED.encode() not in file.read_bytes()


def test_nothing_is_overwritten_unasked(installation: Installation) -> None:
    said = refused("restore", str(installation.backup), "--keys", str(installation.keys))
    assert "This installation holds data already (case, groups, outreach, reporting, auth)." in said
    assert "holds something already" in refused("backup", str(installation.backup), "--keys", str(installation.keys))
    inside = installation.backup.parent / "another" / "keys.json"
    assert "Keep the keys apart" in refused("backup", str(inside.parent), "--keys", str(inside))
    with opened(installation.data) as house:
        assert seen(house, installation.known) == installation.known["before"]
        said = refused("restore", str(installation.backup), "--keys", str(installation.keys), "--replace")
        assert "The database of case is in use. Stop every process" in said


def test_a_damaged_backup_is_refused_before_anything_is_changed(installation: Installation) -> None:
    nowhere = str(installation.data / "nowhere")
    assert "is not a file of keys" in refused("restore", str(installation.backup), "--keys", nowhere, "--replace")
    file = installation.backup / "groups.db"
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    command = ("restore", str(installation.backup), "--keys", str(installation.keys), "--replace")
    assert "groups.db is damaged or missing" in refused(*command)
    file.unlink()
    assert "groups.db is damaged or missing" in refused(*command)
    (installation.backup / "manifest.json").unlink()
    assert "is not a complete backup" in refused(*command)
    with opened(installation.data) as house:
        assert seen(house, installation.known) == installation.known["before"]


def test_a_backup_made_while_everything_moves_contradicts_itself_nowhere(
    suite: Suite, environment: Path, tmp_path: Path
) -> None:
    """No service has learnt of another what the other one's copy does not hold, though nothing stands still."""
    backup, keys, done = tmp_path / "backup", tmp_path / "keys.json", Event()

    def write() -> None:
        for number in count(1000, 3):
            if done.is_set():
                return
            record(suite, number, 3)

    suite.background.start()
    writer = Thread(target=write)
    writer.start()
    typed("backup", str(backup), "--keys", str(keys))
    done.set()
    writer.join()
    suite.background.stop()
    suite.bus.close()
    for file in environment.iterdir():
        file.unlink()

    typed("restore", str(backup), "--keys", str(keys))
    with world(environment, {}) as restored:
        restored.background.drain()
        record(restored, 500_000, 1)
        restored.background.drain()
    assert "Every event is in its store" in typed("verify")
