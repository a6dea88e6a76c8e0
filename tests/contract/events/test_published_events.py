"""What a service publishes is a contract: a stored sample of every event is read, and written again the same."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.suite import MODULES
from shared.eventstore import EventRegistry

REGISTRIES = {module.NAME: EventRegistry(module.NAME, module.EVENTS) for module in MODULES}
SAMPLES = {name: sorted((Path(__file__).parent / name).iterdir()) for name in REGISTRIES}


def present(service: str) -> set[str]:
    """The names of the samples of a service's events in their present versions."""
    return {f"{name}.v{cls.__event_version__}" for name, cls in REGISTRIES[service].types.items()}  # type: ignore[attr-defined]


def holds(written: Any, sample: Any) -> bool:
    """Whether all of the sample is still said; optional fields may have been added since."""
    if isinstance(sample, dict):
        return isinstance(written, dict) and all(
            name in written and holds(written[name], value) for name, value in sample.items()
        )
    if isinstance(sample, list):
        return len(written) == len(sample) and all(map(holds, written, sample))
    return bool(written == sample)


@pytest.mark.parametrize("service", REGISTRIES)
def test_every_event_has_a_sample_of_its_present_version(service: str) -> None:
    assert present(service).issubset(path.stem for path in SAMPLES[service])


@pytest.mark.parametrize(
    "path", [path for paths in SAMPLES.values() for path in paths], ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_a_stored_sample_is_still_read(path: Path) -> None:
    service = path.parent.name
    name, version = path.stem.split(".v")
    event = REGISTRIES[service].decode(name, int(version), path.read_bytes(), None)
    if path.stem in present(service):
        _, _, written, sealed = REGISTRIES[service].encode(event)
        assert holds(json.loads(written), json.loads(path.read_text(encoding="utf-8")))
        assert sealed is None
