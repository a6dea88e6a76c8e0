"""The builder and the YAML are the same document: forms lose nothing, and can say everything."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.builder.fields import filled_in, value_at, values_of
from services.reporting.builder.steps import STEPS, added, fields_of, items, removed, saved
from services.reporting.contracts.document import definition_of
from services.reporting.contracts.targets import BASES
from services.reporting.contracts.where import CONDITIONS
from shared.serviceunit.codes import VOCABULARIES

Document = dict[str, Any]

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
TEXTS = st.dictionaries(st.sampled_from(["zh-Hant", "en"]), WORDS, min_size=1)
NUMBERS = st.one_of(st.integers(0, 900), st.sampled_from([0.5, 12.25, 69.5]))


def _codes(vocabulary: str) -> st.SearchStrategy[Any]:
    known = sorted(VOCABULARIES[vocabulary])
    return st.one_of(st.sampled_from(known), st.lists(st.sampled_from(known), min_size=1, max_size=3))


WHERES = st.fixed_dictionaries({}, optional={name: _codes(name) for name in CONDITIONS})
TARGETS = st.one_of(
    NUMBERS,
    st.fixed_dictionaries({"by_year": st.lists(NUMBERS, min_size=1, max_size=4)}, optional={"total": NUMBERS}),
    st.fixed_dictionaries({"by_period": st.lists(NUMBERS, min_size=1, max_size=4)}),
    st.fixed_dictionaries({"monthly": NUMBERS}),
    st.fixed_dictionaries(
        {"establishment": NUMBERS, "factor": NUMBERS}, optional={"per": st.sampled_from(["total", "year"])}
    ),
)
VARIATIONS = st.lists(
    st.fixed_dictionaries({"approval": WORDS, "effective": st.dates().map(str), "target": TARGETS}), max_size=2
)
MEASURES = st.fixed_dictionaries(
    {"id": st.sampled_from(["persons", "sessions", "hours"])},
    optional={
        "measure": st.sampled_from(["headcount", "sessions", "share", "cases"]),
        "of": st.just("sessions"),
        "which": st.just("active"),
        "title": TEXTS,
        "where": WHERES,
        "target": TARGETS,
        "variations": VARIATIONS,
        "comparator": st.sampled_from(["at_least", "more_than"]),
        "opening": st.fixed_dictionaries({"value": NUMBERS, "until": st.dates().map(str)}),
    },
)
OUTCOMES = st.fixed_dictionaries(
    {"id": st.just("outcome-1"), "instrument": st.sampled_from(["phq9", "bdf21"])},
    optional={
        "post_only": st.booleans(),
        "improved": st.just("lower"),
        "planned_sample": NUMBERS,
        "sentence": TEXTS,
        "pairing": st.fixed_dictionaries({}, optional={"pre": st.just("first"), "min_days": NUMBERS}),
        "success": st.fixed_dictionaries(
            {
                "any": st.lists(
                    st.sampled_from(
                        [
                            {"share_improved": {"at_least": 0.7}},
                            {"share_satisfied": {"more_than": 0.125}},
                            {"paired_t": {"alpha": 0.05}},
                        ]
                    ),
                    max_size=3,
                )
            }
        ),
    },
)
COUNTING = st.fixed_dictionaries(
    {},
    optional={
        "unit_status": _codes("status"),
        "modes": _codes("mode"),
        "exclude_tags": st.lists(st.sampled_from(sorted(VOCABULARIES["tag"])), max_size=2),
        "minimum_minutes": st.integers(0, 90),
        "unidentified": st.booleans(),
        "joint_sessions": st.sampled_from(["both", "primary"]),
        "training_day": st.fixed_dictionaries({}, optional={"full": NUMBERS, "half": NUMBERS}),
        "credit": st.fixed_dictionaries({"minutes": NUMBERS, "at_most": NUMBERS}),
    },
)
SPANS = st.lists(st.fixed_dictionaries({"from": st.dates().map(str), "to": st.dates().map(str)}), min_size=1)
DOCUMENTS = st.fixed_dictionaries(
    {"contract": st.just("kachi-3")},
    optional={
        "title": TEXTS,
        "funder": TEXTS,
        "notes of somebody": WORDS,
        "period": st.fixed_dictionaries({}, optional={"from": st.dates().map(str), "to": st.dates().map(str)}),
        "reporting_periods": st.one_of(
            st.fixed_dictionaries({"every": st.just("quarter")}, optional={"calendar": st.booleans()}),
            st.fixed_dictionaries({"spans": SPANS}),
        ),
        "counting": COUNTING,
        "outputs": st.lists(
            st.fixed_dictionaries(
                {"id": st.just("output-1"), "measures": st.lists(MEASURES, max_size=3)},
                optional={"title": TEXTS, "sentence": TEXTS, "where": WHERES},
            ),
            max_size=2,
        ),
        "outcomes": st.lists(OUTCOMES, max_size=2),
        "deliverables": st.lists(
            st.fixed_dictionaries({"id": st.just("book"), "title": TEXTS}, optional={"due": st.dates().map(str)}),
            max_size=2,
        ),
    },
)


def _pages(document: Document) -> list[tuple[str, int | None]]:
    """Every page of the builder for this document."""
    places = [(step, place) for step in ("outputs", "outcomes") for place, _ in enumerate(items(document, step))]
    return [*((step, None) for step in STEPS), *places]


def _as_sent(document: Document, step: str, place: int | None) -> dict[str, list[str]]:
    """What a browser sends of a page on which nothing was touched: line ends are its own, empty boxes say nothing."""
    shown = values_of(document, fields_of(document, step, place))
    return {name: [one.replace("\n", "\r\n") for one in values] for name, values in shown.items() if values}


@given(document=DOCUMENTS)
def test_a_form_that_is_sent_as_it_was_shown_changes_nothing(document: Document) -> None:
    for step, place in _pages(document):
        assert saved(document, step, place, _as_sent(document, step, place)) == document


def test_the_whole_of_a_real_contract_can_be_written_in_forms(kachi_document: Document) -> None:
    built: Document = {}
    for name in ("outputs", "outcomes", "deliverables"):
        for place, one in enumerate(kachi_document.get(name, ())):
            built = added(built, name)
            for _ in one.get("measures", ())[1:]:
                built = added(built, f"{name}.{place}.measures")
            # An id of a deliverable is never seen; those of the others stand behind the fold.
            built[name][place]["id"] = one["id"]
    for _ in range(2):  # Some fields come with others, such as the score of satisfied with its questionnaire.
        for step, place in _pages(kachi_document):
            built = saved(built, step, place, _as_sent(kachi_document, step, place))
    assert definition_of(built) == definition_of(kachi_document)


@pytest.mark.parametrize("basis", BASES)
def test_a_target_can_be_put_in_any_basis(kachi_document: Document, basis: str) -> None:
    name = "outputs.1.measures.1.target"
    sent = {
        f"{name}.basis": [basis],
        f"{name}.total": [""] if basis.startswith("by_") else ["500"],
        f"{name}.by_year": ["100", "200", "200"],
        f"{name}.by_period": ["1", "2", "3", "4", "5", "6"],
        f"{name}.monthly": ["12.5"],
        f"{name}.establishment": ["2.5"],
        f"{name}.factor": ["80"],
        f"{name}.per": ["year"],
    }
    measure = definition_of(saved(kachi_document, "targets", None, sent)).outputs[1].measures[1]
    assert measure.agreed.basis == basis
    assert measure.target == {"by_period": 21, "monthly": 450, "establishment": 600}.get(basis, 500)


def test_what_is_typed_wrong_is_kept_for_the_check_to_name(kachi_document: Document) -> None:
    name = "outputs.1.measures.1.target"
    changed = saved(kachi_document, "targets", None, {f"{name}.total": ["five hundred"]})
    assert value_at(changed, ("outputs", 1, "measures", 1, "target")) == "five hundred"


def test_another_questionnaire_brings_its_direction(kachi_document: Document) -> None:
    def choose(document: Document, instrument: str) -> Document:
        sent = {**_as_sent(document, "outcomes", 0), "outcomes.0.instrument": [instrument]}
        return saved(document, "outcomes", 0, sent)

    document = choose(kachi_document, "bdf21")
    assert definition_of({**document, "outcomes": [_plain(document)]}).outcomes[0].post_only
    back = choose(document, "bdf13")
    assert definition_of({**back, "outcomes": [_plain(back)]}).outcomes[0].improved == "higher"


def _plain(document: Document) -> Document:
    """The first outcome without its sentence, which names figures of its questionnaire."""
    return {name: value for name, value in document["outcomes"][0].items() if name != "sentence"}


def test_items_are_added_with_ids_of_their_own_and_taken_away(kachi_document: Document) -> None:
    document = added(kachi_document, "outputs.0.measures", "minutes")
    document = added(document, "outputs.0.measures", "minutes")
    assert [one["id"] for one in document["outputs"][0]["measures"]][-2:] == ["hours", "hours-1"]
    document = removed(removed(document, "outputs.0.measures.4"), "outputs.0.measures.3")
    assert document == kachi_document
    for nonsense in ("outputs.99", "period.from", "title", "outputs.x", ""):
        assert removed(kachi_document, nonsense) == kachi_document
        assert added(kachi_document, nonsense) == kachi_document


def test_a_changed_field_is_the_only_change(kachi_document: Document) -> None:
    before = deepcopy(kachi_document)
    fields = fields_of(before, "parties")
    after = filled_in(before, fields, {"title.en": [""], "contract": ["kachi-3"]})
    assert before == kachi_document
    assert after == {**before, "contract": "kachi-3", "title": {"zh-Hant": before["title"]["zh-Hant"]}}
