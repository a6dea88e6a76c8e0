"""What this service publishes is a contract, and so is what it reads; its tables are those of its migrations."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.reporting.app import EVENTS, NAME
from services.reporting.ledger import inbox
from services.reporting.ledger.batch import Batch
from services.reporting.tables import ledger, metadata
from shared.bus.envelope import Arrived
from shared.database import Database
from shared.eventstore import EventRegistry
from shared.testing.migrations import assert_no_drift

ALL_SAMPLES = Path(__file__).parents[1] / "events"
SAMPLES = ALL_SAMPLES / "reporting"
REGISTRY = EventRegistry(NAME, EVENTS)
NAMES = {f"{name}.v{cls.__event_version__}" for name, cls in REGISTRY.types.items()}  # type: ignore[attr-defined]


def test_every_event_has_a_sample_of_its_present_version() -> None:
    assert NAMES.issubset(path.stem for path in SAMPLES.iterdir())


@pytest.mark.parametrize("path", sorted(SAMPLES.iterdir()), ids=lambda path: path.stem)
def test_a_stored_sample_is_still_read(path: Path) -> None:
    name, version = path.stem.split(".v")
    event = REGISTRY.decode(name, int(version), path.read_bytes(), None)
    if path.stem in NAMES:
        _, _, written, sealed = REGISTRY.encode(event)
        assert json.loads(written) == json.loads(path.read_text(encoding="utf-8"))
        assert sealed is None


def _published() -> list[Path]:
    """The samples of the other services that the ledger reads."""
    folders = [ALL_SAMPLES / service for service in ("case", "groups", "outreach")]
    paths = [path for folder in folders if folder.is_dir() for path in sorted(folder.iterdir())]
    return [path for path in paths if path.stem.split(".v")[0] in inbox.HANDLERS]


@pytest.mark.parametrize("path", _published(), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_published_event_that_counts_can_be_read(path: Path, tmp_path: Path) -> None:
    name, version = path.stem.split(".v")
    moment = datetime(2021, 5, 28, tzinfo=UTC)
    arrived = Arrived(
        service=path.parent.name,
        position=1,
        event_id="event-1",
        type=name,
        schema_version=int(version),
        stream_id="stream-1",
        version=1,
        agency_id="agency-one",
        actor="account-worker",
        occurred_at=moment,
        recorded_at=moment,
        correlation_id="request-1",
        data=path.read_bytes(),
    )
    database = Database(f"sqlite:///{tmp_path / 'ledger.db'}")
    metadata.create_all(database.engine)
    with database.write() as connection:
        batch = Batch(connection, ledger)
        inbox.HANDLERS[name](batch, arrived)
        batch.write()
    database.dispose()


def test_the_migrations_lead_to_the_tables_of_the_code(tmp_path: Path) -> None:
    assert_no_drift("services.reporting", f"sqlite:///{tmp_path / 'reporting.db'}")


@pytest.mark.postgres
def test_the_migrations_lead_to_the_same_tables_on_postgresql(postgres_database: str) -> None:
    assert_no_drift("services.reporting", postgres_database)
