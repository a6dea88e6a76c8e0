"""What this service publishes is a contract: a stored sample of every event is read, and written again the same."""

import json
from pathlib import Path

import pytest

from services.outreach.app import EVENTS, NAME
from shared.eventstore import EventRegistry

SAMPLES = Path(__file__).parents[1] / "events" / "outreach"
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
