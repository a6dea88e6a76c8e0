"""Targets by total, year, period, month and establishment; variations, opening balances, credit and attempts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from services.reporting.contracts.document import definition_of
from services.reporting.figures.rendering import output_values
from services.reporting.indicators.definition import Credit, Definition, Measure, Opening
from services.reporting.indicators.facts import Facts, Presence, Unit
from services.reporting.indicators.months import by_month
from services.reporting.indicators.report import report
from shared.errors import Invalid

Document = dict[str, Any]
MakeUnit = Callable[..., Unit]


def _with(document: Document, output: int = 1, measure: int = 1, **fields: Any) -> Measure:
    document["outputs"][output]["measures"][measure].update(fields)
    return definition_of(document).outputs[output].measures[measure]


@pytest.mark.parametrize(
    ("target", "total", "first_steps"),
    [
        ({"total": 500}, 500, []),
        ({"by_year": [100, 200, 200]}, 500, [100, 200]),
        ({"by_year": [100, 200, 200], "total": 450}, 450, [100, 200]),
        ({"by_period": [50, 50, 100, 100, 100, 100]}, 500, [50, 50]),
        ({"monthly": 12.5}, 450, [12.5, 12.5]),
        ({"establishment": 2.5, "factor": 80}, 200, []),
        ({"establishment": 2.5, "factor": 80, "per": "year"}, 600, []),
    ],
)
def test_a_target_follows_from_its_basis(
    document: Document, target: object, total: int, first_steps: list[float]
) -> None:
    measure = _with(document, target=target)
    assert measure.target == total
    assert [step.amount for step in measure.steps[:2]] == [Fraction(str(one)) for one in first_steps]


def test_different_people_of_several_years_have_no_total(document: Document) -> None:
    measure = _with(document, measure=0, target={"by_year": [40, 40, 40]})
    assert (measure.target, len(measure.steps)) == (None, 3)


@pytest.mark.parametrize(
    ("measure", "fields", "path", "code"),
    [
        (1, {"target": {"by_year": [100, 200]}}, "target.by_year", "steps_differ"),
        (1, {"target": {"by_year": [1.5, 2, 3]}}, "target.by_year.0", "target_not_whole"),
        (1, {"target": {"by_year": 3}}, "target.by_year", "not_a_list"),
        (1, {"target": {}}, "target", "one_basis"),
        (1, {"target": {"monthly": 3, "by_year": [1, 1, 1]}}, "target", "one_basis"),
        (0, {"target": {"monthly": 3}}, "target.monthly", "not_added"),
        (1, {"target": {"establishment": 3}}, "target.factor", "missing"),
        (1, {"target": {"establishment": 3, "factor": 2, "per": "week"}}, "target.per", "unknown_code"),
        (1, {"opening": {"value": 5}}, "opening.until", "missing"),
        (1, {"opening": {"value": 5, "until": "2030-01-01"}}, "opening.until", "outside_contract"),
        (1, {"variations": [{"approval": "1", "target": 5}]}, "variations.0.effective", "missing"),
        (
            1,
            {"variations": [{"approval": " ", "effective": "2019-01-01", "target": 5}]},
            "variations.0.approval",
            "not_a_reference",
        ),
        (
            1,
            {
                "variations": [
                    {"approval": "2", "effective": "2020-01-01", "target": 5},
                    {"approval": "1", "effective": "2019-01-01", "target": 5},
                ]
            },
            "variations.1.effective",
            "variation_order",
        ),
    ],
)
def test_a_wrong_target_names_its_path(
    document: Document, measure: int, fields: dict[str, Any], path: str, code: str
) -> None:
    with pytest.raises(Invalid) as raised:
        _with(document, measure=measure, **fields)
    found = {error.path: error for error in raised.value.fields}
    assert found[f"outputs.1.measures.{measure}.{path}"].code == code


def test_a_share_has_one_target_and_no_opening_balance(document: Document) -> None:
    part = {"id": "online", "measure": "share", "of": "sessions", "where": {"mode": ["online"]}}
    document["outputs"][1]["measures"].append(part)
    for fields, path in (
        ({"target": {"by_year": [0.1]}}, "target"),
        ({"opening": {"value": 1, "until": "2019-01-01"}}, "opening"),
    ):
        with pytest.raises(Invalid) as raised:
            _with(document, measure=2, **fields)
        assert raised.value.fields[0].path == f"outputs.1.measures.2.{path}"
        part.pop(path)


def test_a_variation_leaves_the_periods_that_had_begun_as_they_were(document: Document) -> None:
    varied = {"approval": "BDF 2020/17", "effective": "2019-06-01", "target": {"by_year": [9, 80, 80]}}
    measure = _with(document, target={"by_year": [100, 200, 200]}, variations=[varied])
    assert [step.amount for step in measure.steps] == [100, 80, 80]
    assert (measure.agreed.total, measure.target) == (500, 260)


def test_each_period_with_a_target_has_its_own_figure(document: Document, unit: MakeUnit) -> None:
    _with(document, target={"by_year": [1, 2, 2]})
    units = tuple(unit(f"s{day}", "p", occurred_on=date(2018, 6, day)) for day in (1, 2))
    counted = report(definition_of(document), Facts(units=units))
    figure = next(one for one in counted.outputs if one.measure.steps)
    shown = [(step["target"], step["actual"], step["met"]) for step in output_values(figure)["steps"]]
    assert shown == [(1, 2, True), (2, 0, False), (2, 0, False)]


def _opened(definition: Definition, kind: str, value: int) -> Definition:
    """The case indicator with an opening balance to the end of 2018 on the measure of this kind."""
    opening = Opening(value=Fraction(value), until=date(2018, 12, 31))

    def changed(measure: Measure) -> Measure:
        return replace(measure, opening=opening) if measure.kind == kind else measure

    outputs = [
        replace(one, measures=tuple(map(changed, one.measures))) if one.id == "output-2" else one
        for one in definition.outputs
    ]
    return replace(definition, outputs=tuple(outputs))


def test_an_opening_balance_is_added_once_where_the_measure_adds(
    kachi: Definition, unit: MakeUnit, figure: Callable[..., Any]
) -> None:
    definition = _opened(kachi, "sessions", 40)
    units = [unit("s1", "p", occurred_on=date(2018, 12, 31)), unit("s2", "p", occurred_on=date(2019, 1, 1))]
    assert figure(definition, "output-2/sessions", units) == 41
    months = [month.figures["output-2", "sessions"] for month in by_month(definition, Facts(units=tuple(units)))]
    assert sum(one or 0 for one in months) == 41
    assert months[6] == 40


def test_a_headcount_shows_its_opening_balance_apart(
    kachi: Definition, unit: MakeUnit, figure: Callable[..., Any]
) -> None:
    definition = _opened(kachi, "headcount", 40)
    units = (unit("s1", "p", occurred_on=date(2018, 12, 31)), unit("s2", "q"))
    assert figure(definition, "output-2/persons", list(units)) == 1
    counted = report(definition, Facts(units=units))
    shown = next(output_values(one) for one in counted.outputs if one.measure.opening)
    assert shown["opening"] == {"value": 40, "until": "2018-12-31", "added": False}


def test_long_occasions_are_credited_by_the_contracts_rule(
    kachi: Definition, unit: MakeUnit, figure: Callable[..., Any]
) -> None:
    counting = replace(kachi.counting, credit=Credit(minutes=180, at_most=2))
    units = [unit(f"s{minutes}", "p", minutes=minutes) for minutes in (179, 180, 359, 360, 900)]
    assert figure(replace(kachi, counting=counting), "output-2/sessions", units) == 0 + 1 + 1 + 2 + 2
    assert figure(kachi, "output-2/sessions", units) == 5


def test_attempts_and_messages_count_where_the_contract_says_so(
    kachi: Definition, unit: MakeUnit, figure: Callable[..., Any]
) -> None:
    away = Presence("p", "family_member", (), "absent")
    missed = unit("visit-1", away, kind="visit", status="missed", minutes=None, mode="in_person")
    message = unit("session-1", "q", minutes=None, mode="messaging")
    counting = replace(kachi.counting, minimum_minutes=15)
    assert figure(replace(kachi, counting=counting), "output-2/sessions", [missed, message]) == 0
    written = replace(counting, modes=counting.modes | {"messaging"})
    assert figure(replace(kachi, counting=written), "output-2/sessions", [missed, message]) == 1
    tried = replace(kachi.counting, minimum_minutes=0, unit_status=frozenset({"held", "missed"}))
    assert figure(replace(kachi, counting=tried), "output-2/persons", [missed, message]) == 1


def test_a_deliverable_says_when_it_is_due_and_what_shows_it(document: Document) -> None:
    document["deliverables"][0] |= {"due": "2020-12-31", "evidence": {"en": "A printed copy"}}
    one = definition_of(document).deliverables[0]
    assert (one.due, one.evidence) == (date(2020, 12, 31), {"en": "A printed copy"})


def test_a_planned_sample_is_a_number_of_people(document: Document) -> None:
    document["outcomes"][0]["planned_sample"] = 80
    assert definition_of(document).outcomes[0].planned == 80
    document["outcomes"][0]["planned_sample"] = "80%"
    with pytest.raises(Invalid):
        definition_of(document)


def test_a_credit_names_both_its_numbers(document: Document) -> None:
    document["counting"] = {"credit": {"minutes": 180}}
    with pytest.raises(Invalid) as raised:
        definition_of(document)
    assert raised.value.fields[0].path == "counting.credit.at_most"
