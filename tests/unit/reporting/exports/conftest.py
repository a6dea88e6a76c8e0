"""A sealed report with everything that one may hold, and texts that want to do harm."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from services.reporting.exports.evidence import Evidence
from services.reporting.figures.rendering import figures_of, months_values
from services.reporting.indicators.definition import Definition
from services.reporting.indicators.facts import Facts, Score, Unit
from services.reporting.indicators.months import by_month
from services.reporting.indicators.report import Count, report

SECRETS = ("person-mother", "person-father", "meeting-1", "session-late")
RARE = "嘅咗喺邨埗鰂"


@pytest.fixture(scope="session")
def facts(unit: Callable[..., Unit], score: Callable[..., Score]) -> Facts:
    """Two meetings and 69.5 hours of supervision; twelve pairs, of which nine improved, all by different steps."""
    sector = {"kind": "sector_event", "activity": "supervision"}
    group = {"kind": "group_meeting", "activity": "mutual_aid"}
    people = [f"person-{number}" for number in range(12)]
    scores = [
        score(person, phase, day, total)
        for number, person in enumerate(people)
        for phase, day, total in (
            ("pre", date(2019, 1, 1), 15),
            ("post", date(2019, 6, 1), 14 - number if number < 9 else 15 + number),
        )
    ]
    from services.reporting.indicators.facts import Presence

    colleague = Presence("practitioner-1", "practitioner", (), "present")
    return Facts(
        units=(
            unit("meeting-1", "person-mother", "person-father", **group),
            unit("meeting-2", "person-mother", *people, **group, occurred_on=date(2019, 4, 1)),
            unit("meeting-3", colleague, minutes=4170, **sector),
        ),
        scores=tuple(scores),
    )


@pytest.fixture(scope="session")
def now(kachi: Definition, facts: Facts) -> dict[str, Any]:
    """A report as of now, as the figures make it."""
    return {
        "contract": "kachi-2",
        "title": {"zh-Hant": f"=家持II {RARE}", "en": "=Kachi II"},
        "funder": {"zh-Hant": "禁毒基金", "en": "Beat Drugs Fund"},
        "district": {"zh-Hant": "深水埗", "en": "Sham Shui Po"},
        "period": {"from": "2018-06-01", "to": "2021-05-31"},
        "definition_version": 2,
        "cut": "case:4,groups:3,outreach:0,reporting:1",
        "as_of": "2020-06-02",
        **figures_of(report(kachi, facts)),
        "by_month": months_values(kachi, by_month(kachi, facts)),
        "deliverables": [{"id": "handbook", "title": {"en": "Handbook"}, "done": True, "done_on": "2020-01-31"}],
        "names": {"output-3/visits": {"zh-Hant": "其中外展或家訪", "en": "of which outreach or home visit"}},
        "how": {"output-1/sessions": {"zh-Hant": "每節計一次。", "en": "Sessions, each counted once."}},
    }


@pytest.fixture(scope="session")
def sealed(now: dict[str, Any], kachi: Definition, facts: Facts) -> dict[str, Any]:
    """The same, sealed, with all that a submission adds and with the evidence."""
    return {
        **now,
        "submission": {"number": 2, "sealed_at": "2020-06-03T02:00:00+00:00", "by": "account-leader"},
        "reporting_period": {"from": "2019-12-01", "to": "2020-05-31"},
        "outputs_in_period": [{**one, "actual": 1} for one in now["outputs"]],
        "narrative": {"output-1/sessions": "=HYPERLINK(1)", "outcome-1/improved": "@因疫情關係"},
        "late_entries": [
            {"unit_id": "session-late", "kind": "case_session", "occurred_on": "2019-11-30", "reason": "workload"}
        ],
        "restated": [
            {"indicator": "output-1", "measure": "attendances", "was": 16, "now": 15, "people": ["person-mother"]}
        ],
        "evidence": Evidence(kachi, Count(kachi, facts)),
    }
