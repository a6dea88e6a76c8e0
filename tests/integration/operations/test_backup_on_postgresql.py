"""A backup on PostgreSQL: dumps of one moment, of which nothing that names a person can be read, put back in place."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from services.operations.postgres import run_tool
from services.suite import build
from shared.auth.accounts import Founding
from shared.errors import Unavailable
from shared.settings import DATABASES, load_settings, mark_as_demo
from shared.testing.postgres import fresh_database
from tests.api_client import House
from tests.in_process import NOW
from tests.integration.operations.typed import refused, typed
from tests.integration.rebuild.world import record
from tests.stories import PEOPLE, register

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("postgres_programs")]
NAME = "歐陽寶珍"
PASSWORD = "correct horse battery"


@pytest.fixture
def on_postgresql(environment: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with ExitStack() as stack:
        for name in DATABASES:
            monkeypatch.setenv(f"CASELEDGER_{name.upper()}_DATABASE", stack.enter_context(fresh_database(postgres_url)))
        yield environment


@pytest.fixture
def house(on_postgresql: Path) -> Iterator[House]:
    """An agency with one person and some sessions."""
    mark_as_demo()
    suite = build(load_settings())
    founding = Founding(agency="Harbour", team="Family", username="admin", password=PASSWORD, display_name="Admin")
    team_id = suite.accounts.found_agency(founding)["team_id"]
    house = House(suite, PASSWORD)
    house.at(NOW)
    register(house.as_("admin"), name_zh=NAME, team_id=team_id)
    record(suite, 1, 100)
    house.settle()
    yield house
    suite.close()


def found(house: House) -> list[str]:
    return [one["label"] for one in house.as_("admin").get(f"{PEOPLE}?q={NAME}").body["items"]]


def as_sql(dump: Path) -> str:
    script = dump.with_suffix(".sql")
    run_tool("pg_restore", None, f"--file={script}", str(dump))
    return script.read_text(encoding="utf-8")


def test_it_is_put_back_in_place_and_followed_by_its_tail(house: House, tmp_path: Path) -> None:
    backup, keys = tmp_path / "backup", tmp_path / "keys.json"
    assert found(house) == [NAME]
    typed("backup", str(backup), "--keys", str(keys))
    for dump in backup.glob("*.dump"):
        script = as_sql(dump)
        assert "COPY public." in script
        assert NAME not in script
    record(house.suite, 1000, 20)
    house.settle()
    command = ("restore", str(backup), "--keys", str(keys))
    assert "holds data already" in refused(*command)
    assert "The database of case is in use" in refused(*command, "--replace")
    house.suite.close()

    assert "The topic of case holds more than the backup" in typed(*command, "--replace")
    with closing(build(load_settings())) as suite, pytest.raises(Unavailable):
        record(suite, 2000, 1)
    assert "case may be written again" in typed("restore", "--tail")
    assert "Every event is in its store" in typed("verify")
    with closing(build(load_settings())) as suite:
        again = House(suite, PASSWORD)
        assert found(again) == [NAME]
        record(suite, 2000, 1)
