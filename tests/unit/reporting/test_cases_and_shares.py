"""Cases that were opened, open or closed in the period, and shares: counted, and asked for in a contract's document."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from services.reporting.contracts.document import definition_of
from services.reporting.indicators.definition import Definition
from services.reporting.indicators.facts import Case, Facts, Stage, Unit
from services.reporting.indicators.report import Count, report
from shared.errors import Invalid

Make = Callable[..., Unit]
WHICH = ("opened", "active", "closed")


def _case(name: str, *stages: tuple[str, str]) -> Case:
    """A case by its stages, such as `("opened", "2018-06-01")`."""
    made = [
        Stage(case_id=name, version=version, stage=stage, on=date.fromisoformat(on))  # type: ignore[arg-type]
        for version, (stage, on) in enumerate(stages, 1)
    ]
    return Case(name, tuple(made))


@pytest.fixture(scope="module")
def of_cases(kachi_document: dict[str, Any]) -> Definition:
    measures = [{"id": which, "measure": "cases", "which": which} for which in WHICH]
    return definition_of(kachi_document | {"outputs": [{"id": "cases", "measures": measures}], "outcomes": None})


@pytest.mark.parametrize(
    ("stages", "counts"),
    [
        ([("opened", "2018-05-31"), ("closed", "2018-05-31")], ""),
        ([("opened", "2018-05-31"), ("closed", "2018-06-01")], "active closed"),
        ([("opened", "2018-05-31")], "active"),
        ([("opened", "2018-06-01")], "opened active"),
        ([("opened", "2019-01-02"), ("closed", "2019-02-03")], "opened active closed"),
        ([("opened", "2021-05-31"), ("closed", "2021-06-01")], "opened active"),
        ([("opened", "2021-06-01")], ""),
        ([("closed", "2019-01-02")], ""),
        ([("closed", "2019-01-02"), ("opened", "2019-03-04")], "opened active"),
        ([("opened", "2017-01-02"), ("closed", "2018-01-02"), ("opened", "2019-03-04")], "opened active"),
        ([("opened", "2019-01-02"), ("closed", "2019-02-03"), ("opened", "2021-07-01")], "opened active closed"),
    ],
)
def test_a_case_counts_by_when_it_was_open(of_cases: Definition, stages: list[tuple[str, str]], counts: str) -> None:
    figures = report(of_cases, Facts(cases=(_case("case-1", *stages),))).outputs
    assert {figure.measure.id for figure in figures if figure.actual == 1} == set(counts.split())
    assert {figure.actual for figure in figures} <= {0, 1}


def test_a_case_opened_twice_is_one_case(of_cases: Definition) -> None:
    twice = _case("case-1", ("opened", "2019-01-02"), ("closed", "2019-02-03"), ("opened", "2019-03-04"))
    other = _case("case-2", ("opened", "2019-01-02"))
    figures = report(of_cases, Facts(cases=(twice, other))).outputs
    assert [figure.actual for figure in figures] == [2, 2, 1]


def _with_share(document: dict[str, Any], of: str, **share: Any) -> Definition:
    measures = [
        {"id": of, "measure": of},
        {"id": "share", "measure": "share", "of": of, "where": {"mode": ["online"]}, **share},
    ]
    return definition_of(document | {"outputs": [{"id": "output-1", "measures": measures}], "outcomes": None})


def _share(definition: Definition, units: list[Unit]) -> Any:
    output = definition.outputs[0]
    return Count(definition, Facts(units=tuple(units))).figure(output, output.measures[1])


@pytest.mark.parametrize(
    ("of", "part", "whole"),
    [("sessions", 1, 3), ("headcount", 1, 3), ("attendances", 1, 4), ("minutes", Fraction(3, 2), Fraction(7, 2))],
)
def test_a_share_is_the_part_of_its_whole(
    kachi_document: dict[str, Any], unit: Make, of: str, part: Fraction, whole: Fraction
) -> None:
    units = [unit("s-1", "a", mode="online", minutes=90), unit("s-2", "a", "b"), unit("s-3", "c")]
    figure = _share(_with_share(kachi_document, of), units)
    assert (figure.part, figure.whole, figure.actual) == (part, whole, Fraction(part) / whole)


def test_a_share_of_nothing_is_no_number_and_reaches_no_target(kachi_document: dict[str, Any]) -> None:
    figure = _share(_with_share(kachi_document, "sessions", target=0.01), [])
    assert (figure.actual, figure.variance, figure.met) == (None, None, False)


@pytest.mark.parametrize(("online", "met"), [(142, False), (143, True)])
def test_a_share_that_prints_as_its_target_is_compared_exactly(
    kachi_document: dict[str, Any], unit: Make, online: int, met: bool
) -> None:
    units = [unit(f"s-{n}", "a", mode="online" if n < online else "phone") for n in range(203)]
    assert _share(_with_share(kachi_document, "sessions", target=0.7), units).met is met


@pytest.mark.parametrize(("comparator", "met"), [("at_least", True), ("more_than", False)])
def test_a_share_may_have_to_be_above_its_target(
    kachi_document: dict[str, Any], unit: Make, comparator: str, met: bool
) -> None:
    units = [unit("s-1", "a", mode="online"), unit("s-2", "a")]
    definition = _with_share(kachi_document, "sessions", target=0.5, comparator=comparator)
    assert _share(definition, units).met is met


SESSIONS = {"id": "sessions", "measure": "sessions"}
ONLINE = {"where": {"mode": ["online"]}}
SHARE = {"id": "share", "measure": "share", "of": "sessions", **ONLINE}
OPENED = {"id": "opened", "measure": "cases", "which": "opened"}


@pytest.mark.parametrize(
    ("measures", "path", "code"),
    [
        ([{"id": "cases", "measure": "cases"}], "0.which", "which_missing"),
        ([OPENED | {"which": "all"}], "0.which", "unknown_code"),
        ([SESSIONS | {"which": "opened"}], "0.which", "which_of_cases"),
        ([OPENED | ONLINE], "0.where", "cases_unfiltered"),
        ([OPENED | {"target": 1.5}], "0.target", "target_not_whole"),
        ([OPENED, {"id": "part", "of": "opened"}], "1.of", "no_parts"),
        ([OPENED, SHARE | {"of": "opened"}], "1.of", "no_parts"),
        ([SESSIONS, {"id": "share", "measure": "share", **ONLINE}], "1.of", "whole_missing"),
        ([SESSIONS, {"id": "share", "measure": "share", "of": "sessions"}], "1.where", "part_missing"),
        ([SESSIONS, SHARE | {"target": 70}], "1.target", "not_a_share"),
        ([SESSIONS, SHARE | {"of": "nothing"}], "1.of", "unknown_measure"),
        ([SESSIONS, SHARE, {"id": "of-share", "of": "share"}], "2.of", "no_parts"),
        ([SHARE | {"of": "share"}], "0.of", "circular"),
        ([SHARE | {"of": "other"}, SHARE | {"id": "other", "of": "share"}], "0.of", "no_parts"),
    ],
)
def test_a_document_says_what_is_wrong_with_cases_and_shares(
    document: dict[str, Any], measures: list[dict[str, Any]], path: str, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        definition_of(document | {"outputs": [{"id": "output-1", "measures": measures}], "outcomes": None})
    assert (f"outputs.0.measures.{path}", code) in {(one.path, one.code) for one in refused.value.fields}


def test_cases_stand_in_an_indicator_without_conditions(document: dict[str, Any]) -> None:
    output = {"id": "output-1", "where": {"kind": ["case_session"]}, "measures": [SESSIONS, OPENED]}
    with pytest.raises(Invalid) as refused:
        definition_of(document | {"outputs": [output], "outcomes": None})
    assert [(one.path, one.code) for one in refused.value.fields] == [
        ("outputs.0.measures.1.measure", "cases_unfiltered")
    ]
