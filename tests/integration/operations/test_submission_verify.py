"""Reports that were sent are counted again, also from an empty database that is filled from the topics."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from services.reporting.ledger import inbox
from services.reporting.submissions import heads
from tests.api_client import House
from tests.in_process import NOW, copied, opened
from tests.integration.operations.typed import refused, typed
from tests.stories import KACHI, SESSIONS, add_contract, at, kachi, open_case, register, session, void

PERIODS = f"/reporting/api/v1/contracts/{KACHI}/periods"
LAST = "2018-11-30"


@contextmanager
def asked(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """The house, in which reporting asks the other services without HTTP."""

    def ask(path: str, body: dict[str, Any]) -> Any:
        return house.raw("POST", path, house.as_("admin").headers(), body).body

    with monkeypatch.context() as patched:
        patched.setattr(heads, "ask", ask)
        yield house


def submit(house: House) -> dict[str, Any]:
    admin = house.as_("admin")
    house.settle()
    locked = admin.post(f"{PERIODS}/{LAST}/lock", version=0).accepted()
    return dict(admin.post(f"{PERIODS}/{LAST}/reports", version=locked.body["version"]).accepted().body)


def test_a_report_verifies_on_an_empty_database_that_was_filled_from_the_topics(
    environment: Path, founded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(copied(founded, environment)) as house, asked(house, monkeypatch):
        house.at(NOW)
        add_contract(house.as_("admin"), kachi())
        worker = house.as_("worker1")
        mother = register(worker)
        case_id = open_case(worker, mother)
        held = session(worker, case_id, at(mother), on="2018-07-02").accepted()
        house.settle()
        with monkeypatch.context() as older:
            older.setitem(inbox.VERSIONS, "ServiceUnitRecorded", 0)
            session(worker, case_id, at(mother), on="2018-07-03").accepted()
            house.settle()
        sent = submit(house)
        assert sent["document"]["cut"].count("-") == 1
        void(worker, SESSIONS, held).accepted()
        house.settle()
    assert "0 still parked" in typed("parked", "retry", "reporting")
    assert typed("submission", "verify") == "All 1 reports are counted again as they were sent."

    for file in environment.glob("reporting.db*"):
        file.unlink()
    assert "reporting may be written again" in typed("restore", "reporting", "--tail")
    with opened(environment) as house:
        house.settle()
        again = house.as_("admin").get(f"{PERIODS}/{LAST}/reports/1").accepted().body
        assert again["document"] == sent["document"]
    assert typed("submission", "verify", KACHI) == "All 1 reports are counted again as they were sent."
    assert "No report of the contract “elsewhere”" in refused("submission", "verify", "elsewhere")
