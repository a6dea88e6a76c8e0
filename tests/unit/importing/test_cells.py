"""What one cell says, whatever a program or a person has made of it, and what is refused since it is not clear."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from shared.importing.cells import (
    Fault,
    Unfit,
    clock,
    code_of,
    codes_of,
    day,
    length,
    packed,
    several,
    unpacked,
    whole,
    wholes,
    yes,
)

THE_DAY = date(2019, 5, 3)
KNOWN = {"present": ("Present", "出席"), "late": ("Late", "遲到")}


@pytest.mark.parametrize(
    "cell",
    [
        THE_DAY,
        datetime(2019, 5, 3, 0, 0),
        "2019-05-03",
        "2019/5/3",
        "3/5/2019",
        "3.5.2019",
        "2019年5月3日",
        "3 May 2019",
        "3-May-2019",
        "May 3, 2019",
        "３／５／２０１９",
        43588.0,
        "43588",
        "20190503",
    ],
)
def test_a_day_is_understood_in_every_usual_writing(cell: Any) -> None:
    assert day(cell) == THE_DAY


def test_days_are_counted_from_where_the_file_says() -> None:
    assert day(42126.0, since_1904=True) == THE_DAY


@pytest.mark.parametrize("cell", ["5/13/2019", "31/2/2019", "3/5/19", "May 2019", "1", "soon"])
def test_what_is_no_day_or_could_be_two_is_refused(cell: str) -> None:
    with pytest.raises(Unfit):
        day(cell)


@pytest.mark.parametrize(
    "cell",
    [time(14, 30), "14:30", "14:30:00", "2:30 pm", "2:30PM", "下午2:30", "下午2時半", "１４：３０", "1430", 14.5 / 24],
)
def test_a_time_is_understood_in_every_usual_writing(cell: Any) -> None:
    assert clock(cell) == time(14, 30)


@pytest.mark.parametrize("cell", ["25:00", "14:75", "noonish", "7"])
def test_what_is_no_time_is_refused(cell: str) -> None:
    with pytest.raises(Unfit):
        clock(cell)


@pytest.mark.parametrize(
    "cell",
    [
        90.0,
        "90",
        "９０",
        "90 min",
        "90分鐘",
        "1:30",
        "1.5 h",
        "1.5小時",
        "1小時30分",
        time(1, 30),
        timedelta(hours=1.5),
    ],
)
def test_a_length_is_understood_in_every_usual_writing(cell: Any) -> None:
    assert length(cell) == 90


def test_a_length_that_cannot_be_is_left_for_the_rules_to_refuse() -> None:
    assert (length("25:00"), length("-60"), length(timedelta(hours=25))) == (1500, -60, 1500)


def test_codes_are_known_by_their_labels_in_either_language() -> None:
    assert [code_of(KNOWN)(cell) for cell in ("出席", "LATE", " present ", None)] == [
        "present",
        "late",
        "present",
        None,
    ]
    assert codes_of(KNOWN)("遲到、出席") == ("late", "present")
    with pytest.raises(Unfit) as refused:
        code_of(KNOWN)("away")
    assert refused.value.params == {"code": "away", "known": "present, late"}


def test_numbers_and_lists() -> None:
    assert (whole("１２"), wholes("1,0 2、1"), several("P1; P2\nP1")) == (12, (1, 0, 2, 1), ("P1", "P2"))
    assert [yes(cell) for cell in ("是", "No", True, None)] == [True, False, True, None]
    for parse, cell in ((whole, "1.5"), (wholes, "1,x"), (yes, "perhaps")):
        with pytest.raises(Unfit):
            parse(cell)


@pytest.mark.parametrize("parse", [day, clock, length, whole, several])
def test_a_cell_that_hides_its_value_is_a_named_error(parse: Any) -> None:
    with pytest.raises(Unfit) as refused:
        parse(Fault("formula_without_value"))
    assert refused.value.code == "formula_without_value"


@pytest.mark.parametrize(
    "cell",
    [None, "文字", 1.5, True, THE_DAY, datetime(2019, 5, 3, 9, 0), time(9, 0), timedelta(hours=25), Fault("merged")],
)
def test_a_cell_is_kept_as_it_is(cell: Any) -> None:
    assert unpacked(packed(cell)) == cell
