"""People of the sector, and how organisations are told apart without naming them."""

import pytest

from services.groups.practitioners.domain import RegisterPractitioner, decide, organisation_id
from services.groups.practitioners.events import PractitionerRegistered
from shared.errors import Invalid, RuleBroken

KEY = b"k" * 32
COMMAND = RegisterPractitioner(
    practitioner_id="practitioner-1",
    organisation_id="organisation-1",
    name=" Chan Siu Ming ",
    organisation="Harbour Light",
    post=" ",
)


def test_a_practitioner_is_registered_with_trimmed_text() -> None:
    assert decide(COMMAND, known=False) == [
        PractitionerRegistered(
            practitioner_id="practitioner-1",
            organisation_id="organisation-1",
            name="Chan Siu Ming",
            organisation="Harbour Light",
            post=None,
        )
    ]


def test_name_and_organisation_are_needed() -> None:
    blank = RegisterPractitioner(
        practitioner_id="practitioner-1", organisation_id="organisation-1", name=" ", organisation="", post=None
    )
    with pytest.raises(Invalid) as caught:
        decide(blank, known=False)
    assert [field.path for field in caught.value.fields] == ["name", "organisation"]


def test_an_id_is_used_once() -> None:
    with pytest.raises(RuleBroken):
        decide(COMMAND, known=True)


@pytest.mark.parametrize("spelling", ["Harbour Light", "HARBOUR  LIGHT", "Ｈａｒｂｏｕｒ Light.", "harbour-light"])
def test_spellings_of_one_organisation_have_one_id(spelling: str) -> None:
    assert organisation_id("agency-1", spelling, KEY) == organisation_id("agency-1", "Harbour Light", KEY)


def test_another_organisation_agency_or_key_has_another_id() -> None:
    ids = {
        organisation_id("agency-1", "Harbour Light", KEY),
        organisation_id("agency-1", "Harbour Lights", KEY),
        organisation_id("agency-2", "Harbour Light", KEY),
        organisation_id("agency-1", "Harbour Light", b"j" * 32),
    }
    assert len(ids) == 4
