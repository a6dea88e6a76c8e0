"""Every published event that counts can be read by the ledger."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from services.reporting.ledger import inbox
from services.reporting.ledger.batch import Batch
from services.reporting.tables import metadata
from shared.bus.envelope import Arrived
from shared.database import Database

SAMPLES = Path(__file__).parents[1] / "events"


def _published() -> list[Path]:
    """The samples of the other services that the ledger reads."""
    folders = [SAMPLES / service for service in ("case", "groups", "outreach")]
    paths = [path for folder in folders if folder.is_dir() for path in sorted(folder.iterdir())]
    return [path for path in paths if path.stem.split(".v")[0] in inbox.HANDLERS]


@pytest.mark.parametrize("path", _published(), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_published_event_that_counts_can_be_read(path: Path, tmp_path: Path) -> None:
    name, version = path.stem.split(".v")
    moment = datetime(2021, 5, 28, tzinfo=UTC)
    arrived = Arrived(
        specversion="1.0",
        source=f"/caseledger/{path.parent.name}",
        datacontenttype="application/json",
        position=1,
        event_id="event-1",
        full_type=f"caseledger.{path.parent.name}.{name}.v{version}",
        schema_version=int(version),
        stream_id="stream-1",
        version=1,
        agency_id="agency-one",
        actor="account-worker",
        occurred_at=moment,
        recorded_at=moment,
        correlation_id="request-1",
        data=msgspec.Raw(path.read_bytes()),
    )
    database = Database(f"sqlite:///{tmp_path / 'ledger.db'}")
    metadata.create_all(database.engine)
    with database.write() as connection:
        batch = Batch(connection)
        inbox.HANDLERS[name](batch, arrived)
        batch.write()
    database.dispose()
