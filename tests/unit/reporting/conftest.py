"""A real contract, and makers of the facts that its figures are counted from."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from services.reporting.contracts.document import definition_of
from services.reporting.contracts.yamltext import as_json, load
from services.reporting.indicators.definition import Definition
from services.reporting.indicators.facts import Facts, Presence, Score, Unit
from services.reporting.indicators.report import Count

TEXT = (Path(__file__).parent / "kachi.yaml").read_text(encoding="utf-8")


@pytest.fixture
def document() -> dict[str, Any]:
    """The contract document as plain values, anew for each test to change."""
    return as_json(load(TEXT))


@pytest.fixture(scope="session")
def kachi_document() -> dict[str, Any]:
    """The same, for those who change nothing."""
    return as_json(load(TEXT))


@pytest.fixture(scope="session")
def kachi() -> Definition:
    return definition_of(load(TEXT))


def _unit(unit_id: str = "session-1", *people: str | Presence, **fields: Any) -> Unit:
    """A case session of one hour, held in the contract's period, with present family members unless said otherwise."""
    present = tuple(
        one if isinstance(one, Presence) else Presence(one, "family_member", (), "present") for one in people
    )
    usual = {
        "kind": "case_session",
        "status": "held",
        "occurred_on": date(2019, 3, 4),
        "mode": "in_person",
        "setting": "centre",
        "minutes": 60,
    }
    return Unit(unit_id=unit_id, people=present, **{**usual, **fields})


def _score(person_id: str | None, phase: str, day: date, total: int | None, instrument: str = "phq9") -> Score:
    name = f"assessment-{person_id}-{phase}-{day}-{total}"
    return Score(
        assessment_id=name, person_id=person_id, instrument=instrument, phase=phase, assessed_on=day, total=total
    )


@pytest.fixture(scope="session")
def unit() -> Callable[..., Unit]:
    return _unit


@pytest.fixture(scope="session")
def score() -> Callable[..., Score]:
    return _score


@pytest.fixture(scope="session")
def figure() -> Callable[..., Any]:
    """The exact value of one measure, such as `figure(definition, "output-1/sessions", units)`."""

    def count(definition: Definition, name: str, units: list[Unit] | Facts) -> Any:
        output_id, measure_id = name.split("/")
        facts = units if isinstance(units, Facts) else Facts(units=tuple(units))
        output = definition.output(output_id)
        assert output is not None
        measure = next(one for one in output.measures if one.id == measure_id)
        return Count(definition, facts).figure(output, measure).actual

    return count
