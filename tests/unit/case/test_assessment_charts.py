"""Where the totals of a person lie on their chart."""

from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from services.case.assessments.charts import BOTTOM, TOP, charts, height
from services.case.assessments.instruments import INSTRUMENTS

PHQ9 = INSTRUMENTS["phq9"]


def row(on: str, total: int, **more: Any) -> dict[str, Any]:
    plain = {"id": f"assessment-{on}", "person_id": "person-a", "instrument": "phq9", "phase": "pre", "voided": False}
    return plain | {"on": on, "total": total} | more


@pytest.mark.parametrize(
    ("total", "severity"),
    [
        (0, "minimal"),
        (4, "minimal"),
        (5, "mild"),
        (9, "mild"),
        (10, "moderate"),
        (14, "moderate"),
        (15, "moderately_severe"),
        (19, "moderately_severe"),
        (20, "severe"),
        (27, "severe"),
    ],
)
def test_a_total_lies_in_its_band_of_severity(total: int, severity: str) -> None:
    assert PHQ9.band_of(total) == severity
    (chart,) = charts([row("2026-03-01", total)])
    (stripe,) = [one for one in chart.stripes if one.code == severity]
    assert stripe.y <= chart.points[0].y <= stripe.y + stripe.height


def test_the_bands_cover_the_whole_height_without_a_gap() -> None:
    (chart,) = charts([row("2026-03-01", 9)])
    edges = [(one.y, round(one.y + one.height, 1)) for one in chart.stripes]
    assert (edges[0][1], edges[-1][0]) == (BOTTOM, TOP)
    assert all(abs(lower[0] - upper[1]) < 0.2 for lower, upper in pairwise(edges))


def test_points_stand_in_the_order_of_days_at_their_true_distances() -> None:
    (chart,) = charts([row("2026-03-31", 8), row("2026-03-01", 15), row("2026-03-11", 12)])
    assert [point.on for point in chart.points] == [date(2026, 3, 1), date(2026, 3, 11), date(2026, 3, 31)]
    first, second, last = (point.x for point in chart.points)
    assert second - first == pytest.approx((last - first) / 3, abs=0.1)


def test_everybody_and_every_questionnaire_has_a_chart_and_what_was_voided_none() -> None:
    rows = [
        row("2026-03-01", 15),
        row("2026-03-01", 3, person_id="person-b", instrument="bdf13"),
        row("2026-03-02", 9, voided=True),
        row("2026-03-02", 2, person_id=None),
    ]
    found = charts(rows)
    assert [(one.instrument.instrument_id, one.person_id, len(one.points)) for one in found] == [
        ("phq9", "person-a", 1),
        ("bdf13", "person-b", 1),
    ]
    assert not found[1].stripes


def test_the_most_lies_on_top() -> None:
    assert (height(PHQ9, 27), height(PHQ9, 0)) == (TOP, BOTTOM)
