"""Codes and their labels."""

import re

import pytest

from shared.serviceunit.codes import VOCABULARIES, label

EVERY = [(name, code) for name, codes in VOCABULARIES.items() for code in codes]


@pytest.mark.parametrize(("vocabulary", "code"), EVERY)
def test_every_code_has_a_label_in_both_languages(vocabulary: str, code: str) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", code)
    assert re.fullmatch(r"[A-Z][A-Za-z,\- ]+", label(vocabulary, code, "en"))
    assert re.fullmatch(r"(WhatsApp／)?[\u4e00-\u9fff／]+", label(vocabulary, code, "zh_Hant_HK"))


@pytest.mark.parametrize("vocabulary", VOCABULARIES)
def test_no_two_codes_of_a_vocabulary_read_alike(vocabulary: str) -> None:
    labels = list(VOCABULARIES[vocabulary].values())
    assert len({english for english, _ in labels}) == len({chinese for _, chinese in labels}) == len(labels)


def test_any_chinese_reader_gets_chinese() -> None:
    assert label("role", "family_member", "zh-HK") == label("role", "family_member", "zh") == "吸毒人士家人"


def test_a_code_from_elsewhere_stands_for_itself_and_none_is_empty() -> None:
    assert label("role", "wizard", "en") == "wizard"
    assert label("role", None, "en") == ""
