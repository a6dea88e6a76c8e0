"""The discreet view: no word of the list is left on a page, and nothing else of the page changes."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.web.discreet import WORDS, plain, veiled

LIST: dict[str, str] = json.loads(WORDS.read_text(encoding="utf-8"))
HARMLESS = "<p>今日 Today 1,849 人次</p>"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("家持II – 吸毒人士家人支援服務", "家持II – 服務對象家人支援服務"),
        ("禁毒基金", "專項基金"),
        ("Families of people who use drugs", "Families of service users"),
        ("Drug users", "Service users"),
        ("K仔", "●●"),
    ],
)
def test_a_word_gives_way_to_a_harmless_one(said: str, shown: str) -> None:
    assert plain(said) == shown


@given(st.lists(st.sampled_from([*LIST, " ", "a", "家"]), max_size=8).map("".join))
def test_no_word_is_left_in_whatever_is_written(text: str) -> None:
    assert not re.search("|".join(map(re.escape, LIST)), plain(plain(text)), re.IGNORECASE)


def test_nothing_that_stands_for_a_word_is_one_itself() -> None:
    assert not [word for word, instead in LIST.items() if plain(instead) != instead]


def test_what_is_shown_is_covered_and_what_is_sent_stays() -> None:
    page = (
        '<a href="/contracts/drug" title="Drugs">吸毒</a><option value="drug_user">吸毒人士</option>'
        '<input name="title" value="戒毒小組" placeholder="毒品"><textarea name="note">濫藥</textarea>'
        '<button name="role" value="drug_user">Drug user</button>'
    )
    assert veiled(page) == (
        '<a href="/contracts/drug" title="The matter">有關情況</a><option value="drug_user">服務對象</option>'
        '<input data-veiled name="title" value="戒毒小組" placeholder="有關物品">'
        '<textarea data-veiled name="note">濫藥</textarea>'
        '<button name="role" value="drug_user">Service user</button>'
    )


def test_a_page_without_such_words_is_the_same() -> None:
    assert veiled(HARMLESS) == HARMLESS
