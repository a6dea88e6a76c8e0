"""The ledger on PostgreSQL: the same figures at every cut as on SQLite, and a rebuild."""

import random
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from services.reporting.app import create_service
from services.reporting.contracts.handlers import put_contract
from services.reporting.contracts.yamltext import as_json, load
from services.reporting.figures.reports import Asked, contract_report
from shared.auth.database import open_accounts
from shared.bus.embedded import EmbeddedBus
from shared.bus.port import HEADS, events_topic
from shared.eventstore import CommandMeta
from shared.rebuild import rebuild
from shared.service import Service
from shared.testing.clock import FixedClock
from shared.testing.people import AGENCY
from shared.testing.settings import settings_in
from tests.contract.reporting.conftest import KACHI, NOW, Others
from tests.contract.reporting.test_reports_api import _interleaved, _story

pytestmark = pytest.mark.postgres
SOURCES = ("case", "groups", "outreach")


def _reporting(directory: Path, bus: EmbeddedBus, urls: dict[str, str]) -> Service:
    directory.mkdir(parents=True, exist_ok=True)
    settings = settings_in(directory)
    settings.database_urls.update(urls)
    bus.ensure_topics([*(events_topic(name) for name in (*SOURCES, "reporting")), HEADS], 3)
    service = create_service(settings, clock=FixedClock(NOW), accounts=open_accounts(settings), bus=bus)
    put_contract(service, CommandMeta(AGENCY, "operator", "key", b"", "request"), as_json(load(KACHI)))
    return service


@pytest.fixture
def both(tmp_path: Path, postgres_database: str) -> Iterator[tuple[Others, Others]]:
    """The same service on SQLite and on PostgreSQL, each with a bus of its own."""
    (tmp_path / "buses").mkdir()
    with (
        closing(EmbeddedBus(tmp_path / "buses" / "one.db")) as one,
        closing(EmbeddedBus(tmp_path / "buses" / "other.db")) as other,
    ):
        lite = _reporting(tmp_path / "lite", one, {})
        postgres = _reporting(tmp_path / "postgres", other, {"reporting": postgres_database})
        yield Others(lite, one), Others(postgres, other)
        for service in (lite, postgres):
            service.intake.close()
            service.accounts.close()
            service.database.dispose()


def test_both_databases_tell_the_same_at_every_cut(both: tuple[Others, Others]) -> None:
    for seed, others in enumerate(both):
        others.hold = True
        _story(others)
        others.publish(*_interleaved(list(others.held), random.Random(seed)))
    for case in range(6):
        for visits in range(5):
            cut = f"case:{case},groups:2,outreach:{visits},reporting:1"
            lite, postgres = (contract_report(others.service, AGENCY, "kachi-2", Asked(cut=cut)) for others in both)
            assert lite["outputs"] == postgres["outputs"]


def test_a_rebuild_on_postgresql_finds_a_sound_ledger(both: tuple[Others, Others]) -> None:
    _, others = both
    _story(others)
    assert rebuild(others.service, others.bus).differences == ()


def test_figures_are_kept_on_postgresql_too(both: tuple[Others, Others]) -> None:
    _, others = both
    _story(others)
    first = contract_report(others.service, AGENCY, "kachi-2")
    assert contract_report(others.service, AGENCY, "kachi-2") == first
