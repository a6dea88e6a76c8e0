"""What this service publishes is a contract: a stored sample of every event is read, and written again the same."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.case.app import EVENTS, NAME
from shared.eventstore import EventRegistry

SAMPLES = Path(__file__).parents[1] / "events" / "case"
REGISTRY = EventRegistry(NAME, EVENTS)
NAMES = {f"{name}.v{cls.__event_version__}" for name, cls in REGISTRY.types.items()}  # type: ignore[attr-defined]


def holds(written: Any, sample: Any) -> bool:
    """Whether all of the sample is still said; optional fields may have been added since."""
    if isinstance(sample, dict):
        return isinstance(written, dict) and all(holds(written.get(name), value) for name, value in sample.items())
    if isinstance(sample, list):
        return len(written) == len(sample) and all(map(holds, written, sample))
    return bool(written == sample)


def test_every_event_has_a_sample_of_its_present_version() -> None:
    assert NAMES.issubset(path.stem for path in SAMPLES.iterdir())


@pytest.mark.parametrize("path", sorted(SAMPLES.iterdir()), ids=lambda path: path.stem)
def test_a_stored_sample_is_still_read(path: Path) -> None:
    name, version = path.stem.split(".v")
    event = REGISTRY.decode(name, int(version), path.read_bytes(), None)
    if path.stem in NAMES:
        _, _, written, sealed = REGISTRY.encode(event)
        assert holds(json.loads(written), json.loads(path.read_text(encoding="utf-8")))
        assert sealed is None
