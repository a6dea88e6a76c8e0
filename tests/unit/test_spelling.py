"""Names find each other however they are written, and two that merely sound alike in characters do not pass for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.chinese import simplified
from shared.spelling import MARKS, asked_for, begins, finding, keys_of

PAIRS = [
    ("陳大文", "陈大文"),
    ("陳大文", "Chan Tai Man"),
    ("陳大文", "CHAN, Tai-man"),
    ("陳大文", "Tai Man Chan"),
    ("陳大文", "Chen Dawen"),
    ("陈大文", "Chan Tai Man"),
    ("張國榮", "Cheung Kwok Wing"),
    ("曾蔭權", "Tsang Yam Kuen"),
    ("徐子淇", "Tsui Tsz Kei"),
    ("徐子淇", "Chui Chi Ki"),
    ("吳鎮宇", "Ng Chun Yu"),
    ("何超儀", "Ho Chiu Yee"),
    ("李嘉欣", "Lee Ka Yan"),
    ("許志安", "Hui Chi On"),
    ("袁詠儀", "Yuen Wing Yee"),
    ("劉德華", "Lau Tak Wah"),
    ("司徒華", "Szeto Wah"),
    ("歐陽震華", "Au Yeung Chun Wah"),
    ("鍾楚紅", "Chung Cho Hung"),
    ("呂麗萍", "Lü Liping"),
    ("呂麗萍", "LYU Liping"),
    ("阿明 Peter", "Ah Ming"),
]


def finds(typed: str, known: str) -> bool:
    """Whether a search for `typed` finds who is known as `known`."""
    return finding(typed)(known)


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_either_way_of_writing_a_name_finds_the_other(one: str, other: str) -> None:
    assert finds(one, other)
    assert finds(other, one)


@pytest.mark.parametrize(
    ("typed", "known"), [("大文", "陳大文"), ("Tai Man", "陳大文"), ("陳大文", "Peter Chan Tai Man")]
)
def test_a_part_of_a_name_finds_it(typed: str, known: str) -> None:
    assert finds(typed, known)


def test_a_name_begins_with_its_surname_in_whatever_spelling() -> None:
    assert begins("陳大文", "chan")
    assert begins("Chan Tai Man", "陳大")
    assert not begins("葉嘉珍", "chan")


@pytest.mark.parametrize("typed", ["K18-0013", "9123 4567"])
def test_a_number_is_not_read_as_the_spelling_of_a_name(typed: str) -> None:
    assert not finds(typed, "郭美珍")


def test_one_character_alone_is_not_read_since_too_many_sound_like_it() -> None:
    assert not finds("chan", "陳")


@pytest.mark.parametrize(("one", "other"), [("陳大文", "陳大民"), ("王小明", "黃小明"), ("91234567", "Chan")])
def test_names_in_characters_that_only_sound_alike_are_two(one: str, other: str) -> None:
    assert not finds(one, other)
    assert not asked_for(one) & keys_of(other)


def test_the_same_name_in_another_script_may_be_the_same_person() -> None:
    assert asked_for("陳大文") & keys_of("Chan Tai Man")
    assert asked_for("Chan Tai Man") & keys_of("陳大文")


@given(st.text(min_size=1))
def test_every_name_finds_itself_and_no_key_is_more_than_letters_and_digits(name: str) -> None:
    assert not keys_of(name) or asked_for(name) & keys_of(name)
    assert all(key[key[0] in MARKS :].isalnum() for key in keys_of(name) | asked_for(name))
    assert simplified(simplified(name)) == simplified(name)
