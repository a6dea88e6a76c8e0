"""Settings for tests, as one place that knows them all."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from shared.settings import DEMO_MARK, Settings


def settings_in(directory: Path, **changes: Any) -> Settings:
    """Settings for a data directory, on SQLite and the embedded bus unless `changes` says otherwise."""
    by_default = Settings(
        data=directory,
        host="127.0.0.1",
        port=9,
        public_url="http://localhost:9",
        master_keys={"k1": bytes(range(32))},
        hash_key=bytes(32),
        database_urls={},
        bus_partitions=2,
        session_hours=12,
        threads=2,
        log_level="WARNING",
        demo=(directory / DEMO_MARK).exists(),
    )
    return replace(by_default, **changes)
