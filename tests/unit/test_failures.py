"""A log names a failure by its type and place, and never quotes it."""

from shared.failures import failure


def fail() -> None:
    raise ValueError("陳大文 9123 4567")


def test_a_failure_is_named_by_its_type_and_place_alone() -> None:
    try:
        fail()
    except ValueError as error:
        told = failure(error)
    assert told["kind"] == "ValueError"
    assert [place.partition(":")[0] for place in told["at"]] == [__name__, __name__]
    assert "陳大文" not in str(told)


def test_a_deep_failure_is_told_by_its_innermost_places() -> None:
    def deeper(depth: int) -> None:
        if depth:
            deeper(depth - 1)
        fail()

    try:
        deeper(20)
    except ValueError as error:
        told = failure(error)
    assert len(told["at"]) == 8
    assert told["at"][-1] == f"{__name__}:{fail.__code__.co_firstlineno + 1}"
