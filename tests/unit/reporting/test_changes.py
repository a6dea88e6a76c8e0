"""What moved a figure, walked event by event, always ends where counting from scratch ends."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.reporting.indicators.changes import Happened, moves
from services.reporting.indicators.definition import Definition
from services.reporting.indicators.facts import Facts, Identities, Unit
from services.reporting.indicators.indicators import MEASURES
from services.reporting.indicators.report import selection

START = datetime(2021, 1, 1, tzinfo=UTC)
PEOPLE = ["a", "b", "c"]

# A step writes a session (number, people, minutes; no people voids it), or joins or parts two people.
steps = st.lists(
    st.one_of(
        st.tuples(
            st.just("write"),
            st.integers(0, 4),
            st.lists(st.sampled_from(PEOPLE), unique=True).map(tuple),
            st.sampled_from([0, 90, 200, 400]),
        ),
        st.tuples(st.just("join"), st.sampled_from(PEOPLE), st.sampled_from(PEOPLE), st.just(0)),
        st.tuples(st.just("part"), st.just(0), st.just(0), st.just(0)),
    ),
    max_size=25,
)


def _told(happened: list[Happened], what: str, about: str, **more: Any) -> None:
    moment = START + timedelta(minutes=len(happened))
    source = {"service": "case", "position": len(happened) + 1, "event_id": "event", "actor": "worker", "reason": None}
    happened.append(Happened(recorded_at=moment, what=what, about=about, **source, **more))


@given(steps)
def test_the_walk_ends_at_the_count(kachi: Definition, unit: Callable[..., Unit], steps: list[Any]) -> None:
    happened: list[Happened] = []
    living: dict[str, Unit] = {}
    edges: list[tuple[str, str]] = []
    for kind, one, other, minutes in steps:
        if kind == "write":
            name = f"session-{one}"
            before = living.pop(name, None)
            after = unit(name, *other, minutes=minutes) if other else None
            if after is not None:
                living[name] = after
            if before is not None or after is not None:
                _told(happened, "recorded" if before is None else "corrected", name, ended=before, begun=after)
        elif kind == "join":
            edges.append((one, other))
            _told(happened, "merged", one, joined=(one, other))
        elif edges:
            pair = edges.pop()
            _told(happened, "unmerged", pair[0], parted=pair)
    facts = Facts(units=tuple(living.values()), identities=Identities(edges))
    for measure in kachi.outputs[1].measures:
        chosen = selection(kachi, measure, facts)
        walked = list(moves(measure, chosen.filter, kachi.counting, happened))
        counted = MEASURES[measure.kind](chosen.counted, kachi.counting)
        assert (walked[-1].after if walked else 0) == counted
        assert all(later.before == earlier.after for earlier, later in pairwise(walked))
