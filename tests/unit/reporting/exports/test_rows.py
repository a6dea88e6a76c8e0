"""What stands in a report, before it is a file: lines, cells, and what a funder gets of them."""

import csv
import json
from collections.abc import Callable
from datetime import date
from io import StringIO
from typing import Any

import pytest

from services.reporting.exports.cells import Formula
from services.reporting.exports.content import content_of
from services.reporting.exports.evidence import Evidence
from services.reporting.exports.rendering import render, rows_of_workbook, text_of_pdf_source
from services.reporting.exports.words import _WORDS, LANGUAGES, Language, Words
from services.reporting.indicators.definition import Definition
from services.reporting.indicators.facts import Facts, Identities, Presence, Unit
from services.reporting.indicators.report import Count
from tests.unit.reporting.exports.conftest import SECRETS

ENGLISH = Words("en")


def line_of(document: dict[str, Any], name: str) -> Any:
    content = content_of(document, ENGLISH)
    lines = {f"{one.indicator}/{one.measure}": one for section in content.sections for one in section.lines}
    return lines[name]


def test_a_line_has_target_actual_variance_and_its_share_of_the_period(sealed: dict[str, Any]) -> None:
    line = line_of(sealed, "output-1/sessions")
    assert (line.target, line.actual, line.in_period, line.variance) == (300, 2, 1, -298)
    assert line.narrative == "=HYPERLINK(1)"


def test_hours_are_compared_without_their_rounding(sealed: dict[str, Any]) -> None:
    line = line_of(sealed, "output-5/supervision_hours")
    assert (line.actual, line.exact, line.variance) == (69.5, 69.5, -2.5)


def test_a_part_is_indented_under_its_whole_and_named_by_its_conditions(sealed: dict[str, Any]) -> None:
    line = line_of(sealed, "output-3/visits")
    assert (line.indent, line.name) == (1, "of which outreach or home visit")
    unnamed = {name: value for name, value in sealed.items() if name != "names"}
    assert line_of(unnamed, "output-3/visits").name == "of which Contacts"


def test_what_may_still_be_reached_is_not_called_missed(now: dict[str, Any]) -> None:
    assert line_of(now, "output-1/sessions").result == "Not yet met"
    assert line_of({**now, "as_of": "2021-06-01"}, "output-1/sessions").result == "Not met"


def test_an_outcome_tells_both_denominators_and_the_way_it_passed(now: dict[str, Any]) -> None:
    (outcome, satisfaction) = content_of(now, ENGLISH).outcomes
    assert [(part, count) for part, _, count in outcome.parts] == [("improved", 9), ("unchanged", 0), ("worse", 3)]
    assert outcome.line.detail == "9 of 12"
    said = " ".join(outcome.remarks)
    assert "Passed by: at least 70% improved" in said
    assert "t(11) =" in said
    assert "9 of 14 (64.3%)" in said
    assert outcome.steps == (("Served", 14), ("With a pre-test", 12), ("With a post-test", 12), ("Valid pairs", 12))
    assert "satisfaction, not change" in " ".join(satisfaction.remarks)


def test_the_notes_say_version_cut_day_and_late_entries(sealed: dict[str, Any]) -> None:
    said = " ".join(content_of(sealed, ENGLISH).notes)
    for text in ("version 2", "case:4,groups:3", "2 Jun 2020", "1 entries of earlier periods came late"):
        assert text in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_variance_percentage_and_result_are_formulas_whose_values_are_the_figures(
    sealed: dict[str, Any], language: Language
) -> None:
    rows = rows_of_workbook(sealed, language)[Words(language)("summary")]
    checked = 0
    for row in rows:
        formulas = [cell for cell in row if isinstance(cell, Formula)]
        if len(formulas) == 3:
            target, actual = row[3], row[4]
            assert [one.value for one in formulas[:2]] == [actual - target, actual / target]
            assert (formulas[2].value == Words(language)("met")) is (actual >= target)
            checked += 1
    assert checked == 15


def test_142_of_203_shows_70_and_is_short(now: dict[str, Any]) -> None:
    share = {"k": 142, "n": 203, "percent": 70.0}
    figure = {**now["outputs"][0], "kind": "share", "unit": "percent", "target": 70, "actual": 70.0}
    outputs = [{**figure, "variance": -0.05, "met": False, "share": share}]
    line = line_of({**now, "outputs": outputs}, "output-1/persons")
    assert (line.actual, line.exact < 70, line.result) == (70.0, True, "Not yet met")


def test_a_funder_gets_no_sheet_of_sessions(sealed: dict[str, Any]) -> None:
    for_staff = rows_of_workbook(sealed, "en", audience="staff")
    assert [*for_staff] == [
        *("Summary of outputs and outcomes", "Outcomes", "Definitions", "Month by month"),
        *("Evidence", "Late entries", "Restatements"),
    ]
    assert {*for_staff} - {*rows_of_workbook(sealed, "en")} == {"Evidence", "Late entries"}
    evidence = for_staff["Evidence"]
    assert evidence[1][:4] == ["output-1", "persons, sessions, attendances", "meeting-1", "2019-03-04"]
    assert evidence[1][-2:] == [2, "person-father person-mother"]


def test_evidence_has_each_session_once_by_indicator_and_day_with_the_people_of_all_its_measures(
    kachi: Definition, unit: Callable[..., Unit]
) -> None:
    user, token = (Presence(name, "drug_user", ("hidden",), "present") for name in ("user", "token"))
    units = (
        unit("later", "mother", user),
        unit("visit", "mother", user, token, kind="visit", setting="outreach", occurred_on=date(2018, 7, 1)),
        unit("missed", "mother", status="missed"),
        unit("before", "mother", occurred_on=date(2018, 5, 31)),
    )
    facts = Facts(units=units, identities=Identities([("token", "mother")]))
    rows = [[*row[:4], row[-1]] for row in Evidence(kachi, Count(kachi, facts))]
    assert rows == [
        ["output-2", "persons, sessions", "visit", "2018-07-01", ["mother"]],
        ["output-2", "persons, sessions", "later", "2019-03-04", ["mother"]],
        ["output-3", "persons, contacts, visits", "visit", "2018-07-01", ["mother", "user"]],
        ["output-3", "persons, contacts", "later", "2019-03-04", ["user"]],
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_that_names_a_session_or_a_person_goes_to_a_funder(sealed: dict[str, Any], language: Language) -> None:
    told = [
        render(sealed, "json", language).decode(),
        render(sealed, "csv", language).decode(),
        text_of_pdf_source(sealed, language),
        str(rows_of_workbook(sealed, language)),
    ]
    for text in told:
        assert not [secret for secret in (*SECRETS, "account-leader", "distribution") if secret in text]


def test_the_json_is_the_report_without_our_words_and_single_sessions(sealed: dict[str, Any]) -> None:
    told = json.loads(render(sealed, "json", "en", audience="staff"))
    assert told == {name: value for name, value in sealed.items() if name not in ("names", "how", "evidence")}
    turned = dict(reversed(sealed.items()))
    assert render(turned, "json", "en") == render(sealed, "json", "zh-Hant")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_of_the_csv_that_looks_like_a_formula_is_one_no_more(
    sealed: dict[str, Any], language: Language
) -> None:
    text = render(sealed, "csv", language).decode()
    assert text.startswith("\ufeff")
    cells = [cell for row in csv.reader(StringIO(text)) for cell in row]
    assert {"'=HYPERLINK(1)", "'@因疫情關係"} <= {*cells}
    assert not [cell for cell in cells if cell[:1] in "=+@" and cell]


def test_every_word_has_both_languages_and_the_same_values() -> None:
    for english, chinese in _WORDS.values():
        assert english
        assert chinese
        assert {part.split("}")[0] for part in english.split("{")[1:]} == {
            part.split("}")[0] for part in chinese.split("{")[1:]
        }
