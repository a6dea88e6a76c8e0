"""The tutorial, lived through: every figure that it tells is read in a real browser."""

from collections.abc import Callable

import pytest

from tests.api_client import unique
from tests.e2e.browsing import DESKTOP, PHONE, Visitor
from tests.e2e.story import Story

pytestmark = [pytest.mark.browser, pytest.mark.demo, pytest.mark.xdist_group("browser")]


def test_the_story_of_one_contract_goes_as_the_tutorial_tells_it(visit: Callable[..., Visitor]) -> None:
    Story.begin(visit(DESKTOP), visit(PHONE), lambda *_: None, unique("")).tell()
