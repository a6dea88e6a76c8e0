"""The main job in a real browser: log a session and a meeting, see the figures move, open what stands behind one."""

from collections.abc import Callable

import pytest

from tests.e2e.browsing import Visitor
from tests.e2e.journey import STORIES, find_behind_the_figure, log_meeting, log_session

pytestmark = [pytest.mark.browser, pytest.mark.demo, pytest.mark.xdist_group("browser")]

RUNNING = "running"


@pytest.mark.parametrize("name", STORIES)
def test_figures_follow_from_a_session_and_a_meeting_of_twelve(name: str, visit: Callable[..., Visitor]) -> None:
    story = STORIES[name]
    visitor = visit(story.size)
    visitor.sign_in(story.worker, story.language)
    before = visitor.figures(RUNNING)
    log_session(visitor, story)
    log_meeting(visitor, story)
    visitor.sign_out()

    visitor.sign_in("leader1", story.language)
    after = visitor.figures(RUNNING)
    moved = {figure: after[figure] - before[figure] for figure in after}
    # One more session in person: those online or by phone are a smaller share.
    assert moved.pop("output-2/remote") < 0
    assert moved == {
        "output-1/persons": 4,
        "output-1/sessions": 1,
        "output-1/attendances": 12,
        "output-2/persons": 0,
        "output-2/sessions": 1,
        "output-3/persons": 0,
        "output-3/contacts": 0,
        "output-3/visits": 0,
        "output-4/opened": 0,
        "output-4/active": 0,
        "output-4/closed": 0,
    }
    find_behind_the_figure(visitor, story)
