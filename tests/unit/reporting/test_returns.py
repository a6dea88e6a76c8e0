"""The monthly return: cases by whoever had them, and joint work counted once for the team."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.reporting.indicators.definition import Period
from services.reporting.returns.domain import UNASSIGNED, Counts, Move, Way, monthly_return
from services.reporting.team.domain import Occasion

MONTH = Period(first=date(2026, 10, 1), last=date(2026, 10, 31))
TEAMS = ("team-a", "team-b")
TOLD = ("opened", "active", "closed", "families", "enquiries")


def _way(*moves: Move, kind: str = "family") -> Way:
    return Way(kind, (Move("registered", None, "team-a"), *moves))


def _lines(*ways: Way) -> dict[tuple[str, str | None], dict[str, int]]:
    lines = monthly_return(MONTH, TEAMS, ways, ())
    return {
        (one.team_id, one.worker_id): {name: getattr(one.counts, name) for name in TOLD if getattr(one.counts, name)}
        for one in lines
    }


def test_a_case_counts_for_whoever_had_it_on_its_last_open_day_of_the_month() -> None:
    way = _way(
        Move("enquired", date(2026, 9, 30), "team-a"),
        Move("opened", date(2026, 10, 1), "team-a"),
        Move("assigned", date(2026, 10, 2), None, "account-1"),
        Move("transferred", date(2026, 10, 20), "team-b", "account-2"),
        Move("closed", date(2026, 10, 31), "team-b"),
    )
    assert _lines(way) == {
        ("team-a", None): {"opened": 1},
        ("team-a", UNASSIGNED): {"opened": 1},
        ("team-b", None): {"active": 1, "closed": 1, "families": 1},
        ("team-b", "account-2"): {"active": 1, "closed": 1, "families": 1},
    }


def test_the_first_and_the_last_day_are_open_and_a_case_opened_twice_is_one() -> None:
    closed_first = _way(Move("opened", date(2026, 3, 1)), Move("closed", date(2026, 10, 1)))
    before = _way(Move("opened", date(2026, 3, 1)), Move("closed", date(2026, 9, 30)))
    twice = _way(
        Move("opened", date(2026, 10, 5)),
        Move("closed", date(2026, 10, 6)),
        Move("opened", date(2026, 10, 9)),
        kind="person",
    )
    assert _lines(closed_first)["team-a", None] == {"active": 1, "closed": 1, "families": 1}
    assert _lines(before)["team-a", None] == {}
    assert _lines(twice)["team-a", None] == {"opened": 1, "active": 1, "closed": 1}
    assert _lines(_way(Move("enquired", date(2026, 10, 31))))["team-a", None] == {"enquiries": 1}


def _occasion(number: int, *workers: str, **changes: object) -> Occasion:
    usual: dict[str, object] = {
        "kind": "case_session",
        "status": "held",
        "occurred_on": date(2026, 10, 8),
        "recorded_on": date(2026, 10, 8),
        "minutes": 90,
        "attended": 2,
        "team_id": "team-a",
    }
    return Occasion(unit_id=f"session-{number}", workers=workers, **{**usual, **changes})  # type: ignore[arg-type]


def test_joint_work_is_shown_to_both_and_a_referral_counts_on_its_own_day() -> None:
    september = _occasion(
        2, "account-1", occurred_on=date(2026, 9, 30), referred_on=(date(2026, 10, 1), date(2026, 9, 30))
    )
    both = _occasion(1, "account-1", "account-2")
    missed = _occasion(3, "account-2", status="no_show")
    lines = monthly_return(MONTH, ["team-a"], (), [both, september, missed])
    counts = {one.worker_id: one.counts for one in lines}
    joint = Counts(sessions=1, attendances=2, minutes=90)
    assert counts == {None: joint + Counts(referrals=1), "account-1": joint + Counts(referrals=1), "account-2": joint}


days = st.integers(-45, 60).map(lambda offset: MONTH.first + timedelta(days=offset))
handed_over = st.lists(
    st.builds(lambda on, who: Move("assigned", on, None, who), days, st.sampled_from(["account-1", "account-2"]))
    | st.builds(
        lambda on, team, who: Move("transferred", on, team, who),
        days,
        st.sampled_from(TEAMS),
        st.none() | st.just("account-3"),
    ),
    max_size=4,
)
# A case is opened and closed in turns, as its service sees to it.
turns = st.lists(days, unique=True, max_size=4).map(
    lambda found: [Move("closed" if number % 2 else "opened", on) for number, on in enumerate(sorted(found))]
)
histories = st.builds(
    lambda given, opened: _way(*sorted([*given, *opened], key=lambda move: move.on or date.min)), handed_over, turns
)


@given(st.lists(histories, max_size=6))
def test_cases_add_up_over_workers_and_teams_and_each_is_in_a_column_once(ways: list[Way]) -> None:
    lines = monthly_return(MONTH, TEAMS, ways, ())
    for name in TOLD:
        teams = [getattr(one.counts, name) for one in lines if one.worker_id is None]
        workers = [getattr(one.counts, name) for one in lines if one.worker_id is not None]
        assert sum(teams) == sum(workers) <= len(ways)
    active = sum(one.counts.active for one in lines if one.worker_id is None)
    assert active == sum(any(_is_open(way, MONTH.first + timedelta(days=day)) for day in range(31)) for way in ways)


def _is_open(way: Way, day: date) -> bool:
    """Opened by then, and not closed before that day since: told by walking through the steps."""
    state, until = False, date.min
    for move in way.moves:
        if move.on is None or move.what not in ("opened", "closed"):
            continue
        if move.what == "opened" and move.on <= day:
            state, until = True, date.max
        elif move.what == "closed" and state:
            state, until = (True, move.on) if move.on >= day else (False, date.min)
    return state and day <= until
