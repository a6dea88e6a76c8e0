"""The contract document: everything wrong is named with its path and with what would be right."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from services.reporting.contracts.document import definition_of
from services.reporting.contracts.yamltext import as_json, load
from services.reporting.indicators.definition import Counting
from shared.errors import FieldError, Invalid

Document = dict[str, Any]


def _errors(document: object) -> dict[str, FieldError]:
    with pytest.raises(Invalid) as raised:
        definition_of(document)
    return {error.path: error for error in raised.value.fields}


def _said(error: FieldError) -> str:
    return error.message % error.params


def test_the_real_contract_is_read_whole(document: Document) -> None:
    definition = definition_of(document)
    targets = {
        f"{output.id}/{measure.id}": measure.target for output in definition.outputs for measure in output.measures
    }
    assert len(targets) == 15
    assert targets["output-5/supervision_hours"] == 72
    assert definition.counting == Counting()
    outcome = definition.outcome("outcome-1")
    assert outcome is not None
    limbs = {limb.kind: limb for limb in outcome.any_of}
    assert limbs["share_improved"].threshold is not None
    assert limbs["share_improved"].threshold.bound == Fraction(7, 10)
    assert limbs["paired_t"].alpha == Fraction(1, 20)


def test_dates_may_be_yaml_dates_or_text(document: Document) -> None:
    text = "period: {from: 2018-06-01, to: 2021-05-31}"
    assert as_json(load(text))["period"] == document["period"]
    assert definition_of({**document, **load(text)}) == definition_of(document)


def _change(path: str, value: object) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        *parents, last = path.split(".")
        target: Any = document
        for key in parents:
            target = target[int(key)] if isinstance(target, list) else target[key]
        target[int(last) if isinstance(target, list) else last] = value

    return change


CIRCLE = [{"id": "a", "of": "b"}, {"id": "b", "of": "a"}]

WRONG: list[tuple[str, object, str, str]] = [
    ("title", "Kachi", "title", "not_a_text"),
    ("title", {"fr": "Famille"}, "title.fr", "unknown_language"),
    ("contract", "Kachi 2", "contract", "not_an_id"),
    ("contract", None, "contract", "missing"),
    ("titel", {}, "titel", "unknown_field"),
    ("period", {"from": "2018-06-01", "to": "2018-05-31"}, "period.to", "end_before_start"),
    ("period", {"from": "1 June 2018", "to": "2018-05-31"}, "period.from", "not_a_date"),
    ("period", {"from": "2018-06-01"}, "period.to", "missing"),
    ("period", "2018", "period", "not_a_mapping"),
    ("reporting_periods", {"every": "week"}, "reporting_periods.every", "unknown_code"),
    ("reporting_periods", {}, "reporting_periods", "one_rhythm"),
    ("reporting_periods", {"every": "school_year", "calendar": True}, "reporting_periods.calendar", "calendar_already"),
    ("period", {"from": "0018-06-01", "to": "2018-05-31"}, "period.from", "year_unlikely"),
    ("counting", {"unit_status": ["hold"]}, "counting.unit_status.0", "unknown_code"),
    ("counting", {"unit_status": ["planned"]}, "counting.unit_status.0", "unknown_code"),
    ("counting", {"minimum_minutes": -1}, "counting.minimum_minutes", "not_a_whole_number"),
    ("counting", {"minimum_minutes": "30"}, "counting.minimum_minutes", "not_a_whole_number"),
    ("counting", {"joint_sessions": "none"}, "counting.joint_sessions", "unknown_code"),
    ("counting", {"unidentified": "yes"}, "counting.unidentified", "not_a_flag"),
    ("counting", {"training_day": {"full": 180, "half": 360}}, "counting.training_day.half", "half_longer"),
    ("counting", {"status": ["held"]}, "counting.status", "unknown_field"),
    ("outputs", [], "outputs", "empty_list"),
    ("outputs", {"output-1": {}}, "outputs", "not_a_list"),
    ("outputs.1.id", "output-1", "outputs.1.id", "id_twice"),
    ("outcomes.0.id", "output-1", "outcomes.0.id", "id_twice"),
    ("outputs.0.where.kind", ["meeting"], "outputs.0.where.kind.0", "unknown_code"),
    ("outputs.0.where.kind", "meeting", "outputs.0.where.kind", "unknown_code"),
    ("outputs.0.where.role", [], "outputs.0.where.role", "empty_list"),
    ("outputs.0.where.colour", ["red"], "outputs.0.where.colour", "unknown_field"),
    ("outputs.0.measures", [], "outputs.0.measures", "empty_list"),
    ("outputs.0.measures.0", {"id": "persons", "target": 60}, "outputs.0.measures.0.measure", "measure_missing"),
    ("outputs.0.measures.0.measure", "heads", "outputs.0.measures.0.measure", "unknown_code"),
    ("outputs.0.measures.0.target", "60", "outputs.0.measures.0.target", "not_a_number"),
    ("outputs.0.measures.0.target", -1, "outputs.0.measures.0.target", "not_a_number"),
    ("outputs.0.measures.0.target", 60.5, "outputs.0.measures.0.target", "target_not_whole"),
    ("outputs.0.measures.0.target", True, "outputs.0.measures.0.target", "not_a_number"),
    ("outputs.0.measures.0.target", float("nan"), "outputs.0.measures.0.target", "not_a_number"),
    ("outputs.0.measures.1.id", "persons", "outputs.0.measures.1.id", "id_twice"),
    ("outputs.0.measures.0.comparator", "over", "outputs.0.measures.0.comparator", "unknown_code"),
    ("outputs.2.measures.2.of", "sessions", "outputs.2.measures.2.of", "unknown_measure"),
    ("outputs.2.measures.2.measure", "headcount", "outputs.2.measures.2.measure", "measure_differs"),
    ("outputs.2.measures.2.where", {"kind": ["group_meeting"]}, "outputs.2.measures.2.where.kind", "never_matches"),
    ("outputs.1.measures", CIRCLE, "outputs.1.measures.0.of", "circular"),
    ("outputs.0.sentence.en", "{people} people", "outputs.0.sentence.en", "unknown_placeholder"),
    ("outcomes.0.population", {"outputs": ["output-9"]}, "outcomes.0.population.outputs.0", "unknown_code"),
    ("outcomes.0.population", {}, "outcomes.0.population.outputs", "missing"),
    ("outcomes.0.instrument", "phq8", "outcomes.0.instrument", "unknown_code"),
    ("outcomes.0.improved", "higher", "outcomes.0.improved", "wrong_direction"),
    ("outcomes.0.improved", "down", "outcomes.0.improved", "unknown_code"),
    ("outcomes.0.pairing.pre", "last", "outcomes.0.pairing.pre", "unknown_code"),
    ("outcomes.0.pairing.min_days", 1.5, "outcomes.0.pairing.min_days", "not_a_whole_number"),
    ("outcomes.0.success.any", [], "outcomes.0.success.any", "empty_list"),
    ("outcomes.0.success.any.0", {}, "outcomes.0.success.any.0", "one_way"),
    (
        "outcomes.0.success.any.0",
        {"share_satisfied": {"at_least": 0.7}},
        "outcomes.0.success.any.0.share_satisfied",
        "unknown_field",
    ),
    (
        "outcomes.0.success.any.0.share_improved",
        {"at_least": 70},
        "outcomes.0.success.any.0.share_improved.at_least",
        "not_a_share",
    ),
    (
        "outcomes.0.success.any.0.share_improved",
        {"at_least": "70%"},
        "outcomes.0.success.any.0.share_improved.at_least",
        "not_a_share",
    ),
    ("outcomes.0.success.any.0.share_improved", {}, "outcomes.0.success.any.0.share_improved", "one_bound"),
    ("outcomes.0.success.any.1.paired_t", {"alpha": 5}, "outcomes.0.success.any.1.paired_t.alpha", "not_a_share"),
    ("outcomes.0.sentence.en", "{satisfied}", "outcomes.0.sentence.en", "unknown_placeholder"),
    ("outcomes.1.pairing", {"pre": "first"}, "outcomes.1.pairing", "unknown_field"),
    ("outcomes.1.improved", "higher", "outcomes.1.improved", "unknown_field"),
    ("outcomes.1.satisfied", {}, "outcomes.1.satisfied.at_least", "missing"),
    ("outcomes.1.success.any.0", {"paired_t": {"alpha": 0.05}}, "outcomes.1.success.any.0.paired_t", "unknown_field"),
    ("deliverables", [{"id": "book"}], "deliverables.0.title", "missing"),
    (
        "deliverables",
        [{"id": "b", "title": {"en": "B"}}, {"id": "b", "title": {"en": "C"}}],
        "deliverables.1.id",
        "id_twice",
    ),
]


@pytest.mark.parametrize(("at", "value", "path", "code"), WRONG, ids=[f"{path}-{code}" for _, _, path, code in WRONG])
def test_a_wrong_field_names_its_path_and_its_fault(
    document: Document, at: str, value: object, path: str, code: str
) -> None:
    _change(at, value)(document)
    errors = _errors(document)
    assert errors[path].code == code
    assert _said(errors[path])


def test_the_message_says_what_would_be_right(document: Document) -> None:
    _change("outputs.0.where.kind", ["meeting"])(document)
    _change("outcomes.0.success.any.0.share_improved", {"at_least": 70})(document)
    errors = _errors(document)
    assert "group_meeting" in _said(errors["outputs.0.where.kind.0"])
    assert "0.7 for 70 %" in _said(errors["outcomes.0.success.any.0.share_improved.at_least"])


def test_all_mistakes_are_named_at_once(document: Document) -> None:
    for at, value, _, _ in (WRONG[0], WRONG[2], WRONG[5]):
        _change(at, value)(document)
    assert {"title", "contract", "period.to"} <= _errors(document).keys()


@pytest.mark.parametrize("nonsense", [None, [], "contract", 7, {}])
def test_what_is_no_contract_at_all_is_refused(nonsense: object) -> None:
    assert _errors(nonsense)


def test_of_which_narrows_its_parent_over_several_steps(document: Document) -> None:
    document["outputs"][2]["measures"].append({"id": "homes", "of": "visits", "where": {"setting": ["home_visit"]}})
    measure = definition_of(document).outputs[2].measures[3]
    assert measure.kind == "contacts"
    assert [where.setting for where in measure.filters if where.setting] == [
        frozenset({"outreach", "home_visit"}),
        frozenset({"home_visit"}),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a:\n  - [1", "line 2"),
        ("a: 1\na: 2", "given twice"),
        ("a: &x [1]\nb: *x", "anchors"),
        ("a: !!python/object:os.system {}", "line 1"),
        ("when: 2021-13-45", "YAML"),
    ],
)
def test_unreadable_yaml_names_the_line(text: str, said: str) -> None:
    with pytest.raises(Invalid) as raised:
        load(text)
    (error,) = raised.value.fields
    assert error.path == "yaml"
    assert said in _said(error)
