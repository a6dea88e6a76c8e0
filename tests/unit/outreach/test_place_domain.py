"""Places: a name that is sealed, a district that is not."""

import pytest

from services.outreach.places.domain import RegisterPlace, decide
from services.outreach.places.events import PlaceRegistered
from shared.errors import CaseledgerError, Invalid, RuleBroken

PLACE = RegisterPlace(place_id="place-1", name=" 北河街公園 ", district="sham_shui_po")


def test_a_place_is_registered() -> None:
    registered = PlaceRegistered(place_id="place-1", district="sham_shui_po", name="北河街公園")
    assert decide(PLACE, known=False) == [registered]


@pytest.mark.parametrize(
    ("command", "known", "kind", "field"),
    [
        (PLACE, True, RuleBroken, "id"),
        (RegisterPlace(place_id="place-1", name=" ", district=None), False, Invalid, "name"),
        (RegisterPlace(place_id="place-1", name="公園", district="深水埗"), False, Invalid, "district"),
    ],
)
def test_a_place_that_cannot_be_is_refused(
    command: RegisterPlace, known: bool, kind: type[CaseledgerError], field: str
) -> None:
    with pytest.raises(kind) as refused:
        decide(command, known=known)
    assert [error.path for error in refused.value.fields] == [field]
