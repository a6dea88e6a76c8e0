"""Reports over the API: figures follow from what has arrived, now, at a cut, and as known on a day."""

import random
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec import structs
from sqlalchemy import delete, update

from services.reporting import tables
from services.reporting.contracts.queries import contract_at
from services.reporting.figures.reports import counted
from services.reporting.ledger.cuts import cut_now
from services.reporting.ledger.queries import facts_at
from shared.service import Service
from shared.testing.people import AGENCY
from tests.contract.reporting.conftest import Client, Others, Periods, family, field_codes

MOTHER, FATHER = family("person-m"), family("person-f")


def test_a_recorded_session_moves_the_figures(leader: Client, others: Others) -> None:
    assert leader.figures()["output-2/sessions"] == 0
    others.record("session-1", family("person-m", "person-f"))
    figures = leader.figures()
    assert (figures["output-2/sessions"], figures["output-2/persons"]) == (1, 2)


def test_a_planned_session_counts_nothing_until_it_is_recorded(leader: Client, others: Others) -> None:
    others.record("session-1", MOTHER, "Planned", status="planned")
    assert leader.figures()["output-2/sessions"] == 0
    others.record("session-1", MOTHER)
    assert leader.figures()["output-2/sessions"] == 1


def test_a_voided_plan_leaves_nothing(leader: Client, others: Others) -> None:
    others.record("session-1", MOTHER, "Planned", status="planned")
    others.void("session-1")
    assert leader.figures()["output-2/sessions"] == 0


def test_a_correction_replaces_and_a_void_takes_away(leader: Client, others: Others) -> None:
    others.record("meeting-1", family("person-m", "person-f"))
    others.correct("meeting-1", MOTHER)
    assert leader.figures()["output-1/attendances"] == 1
    others.void("meeting-1")
    assert leader.figures()["output-1/attendances"] == 0


def test_a_correction_may_move_a_session_to_another_contract(leader: Client, others: Others) -> None:
    others.record("session-1", MOTHER)
    assert leader.figures()["output-2/sessions"] == 1
    others.correct("session-1", MOTHER, segments=[{"contract_id": "other", "minutes": None}])
    assert leader.figures()["output-2/sessions"] == 0
    others.correct("session-1", MOTHER)
    assert leader.figures()["output-2/sessions"] == 1


def test_a002_11_each_contract_gets_its_own_part_of_a_split_session(leader: Client, others: Others) -> None:
    parts = [{"contract_id": "kachi-2", "minutes": 120}, {"contract_id": "other", "minutes": 60}]
    practitioner = [{"person_id": "practitioner-1", "role": "practitioner", "status": "present"}]
    split = {"kind": "sector_event", "activity": "supervision", "minutes": 180, "segments": parts}
    others.record("meeting-1", practitioner, **split)
    assert leader.figures()["output-5/supervision_hours"] == 2


def test_a_session_under_no_contract_counts_nowhere(leader: Client, others: Others) -> None:
    others.record("session-1", MOTHER, segments=[])
    assert leader.figures()["output-2/sessions"] == 0


def test_a_report_at_an_earlier_cut_never_changes(leader: Client, others: Others) -> None:
    others.record("session-1", MOTHER)
    before = leader.report()
    others.correct("session-1", family("person-m", "person-f"))
    others.record("session-2", FATHER)
    others.merge("person-f", "person-m")
    others.void("session-1")
    again = leader.report(cut=before["cut"])
    for part in ("outputs", "outcomes", "sentences", "summary", "cut"):
        assert again[part] == before[part]
    assert leader.report()["cut"] != before["cut"]


def test_as_of_a_day_is_what_was_known_at_its_end_in_hong_kong(leader: Client, others: Others) -> None:
    others.record("session-1", MOTHER, at=datetime(2021, 6, 30, 15, 59, tzinfo=UTC))
    others.record("session-2", FATHER, at=datetime(2021, 6, 30, 16, 0, tzinfo=UTC))
    assert leader.figures(as_of="2021-06-29")["output-2/sessions"] == 0
    assert leader.figures(as_of="2021-06-30")["output-2/sessions"] == 1
    assert leader.figures(as_of="2021-07-01")["output-2/sessions"] == 2
    assert leader.report(as_of="2021-06-30")["as_of"] == "2021-06-30"


def test_the_cut_of_a_day_can_be_asked_for_and_gives_the_same_report(leader: Client, others: Others) -> None:
    others.record("session-1", MOTHER, at=datetime(2021, 6, 30, 1, 0, tzinfo=UTC))
    others.record("session-2", FATHER, at=datetime(2021, 7, 2, 1, 0, tzinfo=UTC))
    cut = leader.get("/cuts", on="2021-06-30").json["cut"]
    assert cut == "case:1,groups:0,outreach:0,reporting:1"
    assert leader.report(cut=cut)["outputs"] == leader.report(as_of="2021-06-30")["outputs"]


@pytest.mark.parametrize(
    ("cut", "code"),
    [
        ("case:1", "cut_unreadable"),
        ("nonsense", "cut_unreadable"),
        ("case:1,case:1,groups:0,outreach:0", "cut_unreadable"),
        ("case:1,groups:0,outreach:0,reporting:-1", "cut_unreadable"),
        ("case:999,groups:0,outreach:0,reporting:1", "cut_ahead"),
    ],
)
def test_an_impossible_cut_is_refused(leader: Client, cut: str, code: str) -> None:
    answered = leader.get("/contracts/kachi-2/report", cut=cut)
    assert answered.status_code == 422
    assert field_codes(answered) == [("cut", code)]


def test_a_cut_and_a_date_together_are_refused(leader: Client) -> None:
    cut = leader.report()["cut"]
    assert leader.get("/contracts/kachi-2/report", cut=cut, as_of="2021-06-30").status_code == 422


def test_before_the_contract_was_registered_there_is_no_report(leader: Client) -> None:
    assert leader.get("/contracts/kachi-2/report", cut="case:0,groups:0,outreach:0,reporting:0").status_code == 404


def test_a_late_message_of_an_earlier_position_is_counted_where_it_stands(leader: Client, others: Others) -> None:
    others.hold = True
    others.record("session-1", MOTHER)
    first = others.held.pop()
    others.record("session-2", FATHER)
    others.publish()
    assert leader.report()["cut"].startswith("case:0,")
    others.publish(first)
    report = leader.report()
    assert report["cut"].startswith("case:2,")
    assert leader.figures(cut=report["cut"].replace("case:2", "case:1"))["output-2/sessions"] == 1


def _story(others: Others) -> None:
    """Sessions of three services, corrected and voided, and people who turn out to be one."""
    others.record("session-1", family("person-a", "person-b"))
    others.record("meeting-1", family("person-a", "person-c"))
    others.record("visit-1", family("contact-1"), setting="outreach")
    others.correct("meeting-1", family("person-b", "person-c"))
    others.merge("person-b", "person-a")
    found = {"contact_id": "contact-1", "person_id": "person-c", "identification_id": "identification-1"}
    others.store("outreach", "ContactIdentified", "contact-1", **found)
    others.record("session-2", family("person-b"))
    others.unmerge("person-b", "person-a")
    others.void("session-1")
    others.record("visit-2", family("contact-1", "person-b"))
    undone = {"contact_id": "contact-1", "identification_id": "identification-1", "reason": "wrong_person"}
    others.store("outreach", "ContactIdentificationUndone", "contact-1", **undone)


@pytest.mark.parametrize("seed", range(8))
def test_any_interleaving_with_duplicates_gives_the_same_figures_at_every_cut(
    leader: Client, others: Others, service: Service, seed: int
) -> None:
    others.hold = True
    _story(others)
    stored = list(others.held)
    others.publish(*_interleaved(stored, random.Random(seed)))
    ends = leader.report()["cut"]
    assert ends == "case:5,groups:2,outreach:4,reporting:1"
    seen = {
        cut: [leader.figures(cut=cut)[f"output-2/{one}"] for one in ("persons", "sessions")]
        for cut in (f"case:{case},groups:2,outreach:{visits},reporting:1" for case in range(6) for visits in range(5))
    }
    assert seen["case:1,groups:2,outreach:0,reporting:1"] == [2, 1]
    assert seen["case:1,groups:2,outreach:1,reporting:1"] == [3, 2]
    assert seen["case:2,groups:2,outreach:1,reporting:1"] == [2, 2]
    assert seen["case:3,groups:2,outreach:3,reporting:1"] == [2, 4]
    assert seen["case:4,groups:2,outreach:3,reporting:1"] == [3, 4]
    assert seen["case:5,groups:2,outreach:3,reporting:1"] == [2, 3]
    assert seen[ends] == [2, 3]


def _interleaved(stored: list[Any], shuffler: random.Random) -> list[Any]:
    """A random order that keeps each stream's own, with some messages delivered twice."""
    streams: dict[str, list[Any]] = {}
    for source, one in stored:
        streams.setdefault(one.stream_id, []).append((source, one))
    order: list[Any] = []
    while any(streams.values()):
        order.append(shuffler.choice([stream for stream in streams.values() if stream]).pop(0))
        if shuffler.random() < 0.3:
            order.append(shuffler.choice(order))
    return order


def test_a_merge_lowers_the_headcount_and_undone_restores_it(leader: Client, others: Others) -> None:
    others.record("session-1", family("person-a", "person-b"))
    before = leader.figures()
    others.merge("person-a", "person-b")
    assert leader.figures()["output-2/persons"] == 1
    others.unmerge("person-a", "person-b")
    assert leader.figures() == before


def test_an_erased_person_still_counts_and_the_erasure_is_answered_once(
    leader: Client, others: Others, service: Service
) -> None:
    others.record("session-1", MOTHER)
    before = leader.figures()
    erased = others.store("case", "PersonErased", "person-m", person_id="person-m", reason="asked")
    others.publish(("case", erased))
    assert leader.figures() == before
    with service.database.read() as connection:
        answers = service.store.load(connection, "erasure-person-m")
    assert [(one.type, one.event.person_id, one.event.service) for one in answers] == [
        ("PersonKeysDropped", "person-m", "reporting")
    ]


def test_the_report_has_the_agreed_shape(leader: Client, others: Others) -> None:
    others.record("session-1", MOTHER)
    for number, (pre, post) in enumerate([(10, 8)]):
        others.assess(f"assessment-{number}-pre", "person-m", "pre", "2019-01-07", pre)
        others.assess(f"assessment-{number}-post", "person-m", "post", "2019-06-03", post)
    report = leader.report()
    output = next(one for one in report["outputs"] if one["indicator"] == "output-2" and one["measure"] == "sessions")
    agreed = {"indicator": "output-2", "measure": "sessions", "unit": "sessions", "target": 500, "actual": 1}
    assert agreed.items() <= output.items()
    assert (output["variance"], output["met"]) == (-499, False)
    paired, post_only = report["outcomes"]
    assert {"served": 1, "n": 1, "improved": 1, "unchanged": 0, "worse": 0}.items() <= paired.items()
    assert paired["share_improved"] == {"k": 1, "n": 1, "percent": 100.0}
    assert paired["paired_t"] == {"t": None, "df": None, "p": None, "not_computable": "fewer_than_two_pairs"}
    assert (paired["passed"], paired["passed_by"]) == (True, ["share_improved"])
    assert paired["funnel"] == {"served": 1, "pre": 1, "post": 1, "valid": 1}
    assert {"served": 0, "satisfied": 0, "not_satisfied": 0}.items() <= post_only.items()
    assert post_only["share_satisfied"] == {"k": 0, "n": 0, "percent": None}
    assert "paired_t" not in post_only
    assert report["definition_version"] == 1
    assert report["deliverables"] == [
        {
            "id": "handbook",
            "title": {"zh-Hant": "自我關懷自助手冊", "en": "Self-care handbook"},
            "due": None,
            "evidence": {},
            "done": False,
            "done_on": None,
        }
    ]


def test_the_summary_prints_in_the_contracts_own_sentences(leader: Client, others: Others) -> None:
    others.record("meeting-1", family("person-m", "person-f"))
    sentences = leader.report()["sentences"]["output-1"]
    assert sentences["zh-Hant"].startswith("向2位吸毒人士家人提供了1節知識技巧及學習小組")
    assert sentences["zh-Hant"].endswith("合共2人次。")
    assert sentences["en"] == "1 sessions for 2 family members, 2 attendances."


def test_a002_12_hours_are_printed_exactly(leader: Client, others: Others) -> None:
    practitioner = [{"person_id": "practitioner-1", "role": "practitioner", "status": "present"}]
    for number, minutes in enumerate([90, 45]):
        supervision = {"kind": "sector_event", "activity": "supervision", "minutes": minutes}
        others.record(f"meeting-{number}", practitioner, **supervision)
    assert leader.figures()["output-5/supervision_hours"] == 2.25


def test_kept_figures_are_used_until_something_touches_the_contract(
    leader: Client, others: Others, service: Service
) -> None:
    others.record("session-1", MOTHER)
    leader.report()
    with service.database.write() as connection:
        connection.execute(update(tables.kept_report).values(figures=b'{"outputs":[],"outcomes":[],"kept":true}'))
    assert leader.report()["kept"] is True
    others.record("session-2", MOTHER, segments=[{"contract_id": "other", "minutes": None}])
    assert leader.report()["kept"] is True
    others.record("session-3", MOTHER)
    assert leader.figures()["output-2/sessions"] == 2


def test_a_merge_touches_the_contracts_of_everybody_it_is_about(leader: Client, others: Others) -> None:
    others.merge("person-a", "person-b")
    others.record("session-1", family("person-a", "person-c"))
    assert leader.figures()["output-2/persons"] == 2
    others.merge("person-b", "person-c")
    assert leader.figures()["output-2/persons"] == 1


def test_a_report_counted_anew_is_the_one_that_was_kept(leader: Client, others: Others, service: Service) -> None:
    _story(others)
    kept = leader.report()
    with service.database.write() as connection:
        connection.execute(delete(tables.kept_report))
    assert leader.report() == kept


def test_a_new_definition_counts_the_same_sessions_anew(leader: Client, others: Others) -> None:
    others.record("visit-1", MOTHER, status="missed")
    before = leader.report()
    document = leader.get("/contracts/kachi-2").json["document"]
    document["counting"] = {"unit_status": ["held", "missed"]}
    assert leader.put("/contracts/kachi-2", {"document": document}, version=1).status_code == 200
    after = leader.report()
    assert (before["definition_version"], after["definition_version"]) == (1, 2)
    assert leader.figures()["output-2/sessions"] == 1
    assert leader.figures(cut=before["cut"])["output-2/sessions"] == 0


def test_freshness_names_what_has_not_arrived(leader: Client, others: Others) -> None:
    others.hold = True
    others.record("session-1", MOTHER)
    others.record("session-2", MOTHER)
    del others.held[0]
    others.publish()
    fresh = leader.get("/freshness").json["services"]["case"]
    assert fresh["arrived"] == 0


def test_an_unreadable_message_is_parked_and_said(leader: Client, others: Others) -> None:
    others.store("case", "ServiceUnitRecorded", "session-1", unit={"unit_id": "session-1"})
    others.record("session-2", MOTHER)
    assert leader.figures()["output-2/sessions"] == 1
    assert leader.report()["freshness"]["case"]["parked"] == 1


def test_another_agency_has_none_of_it(leader: Client, others: Others, as_user: Callable[[str], Client]) -> None:
    others.record("session-1", MOTHER)
    stranger = as_user("foreign-leader")
    assert stranger.get("/contracts/kachi-2/report").status_code == 404
    assert stranger.get("/contracts").json["items"] == []
    others.record("session-2", MOTHER, agency="agency-two")
    assert leader.figures()["output-2/sessions"] == 1


def test_figures_with_a_session_added_or_taken_away_are_what_they_would_be(
    leader: Client, others: Others, service: Service
) -> None:
    others.record("session-1", family("person-m"))
    others.record("session-2", family("person-f"))
    with service.database.read() as connection:
        cut = cut_now(connection)
        found = contract_at(service.store, connection, AGENCY, "kachi-2")
        (first, second) = facts_at(connection, AGENCY, "kachi-2", cut).units
        without = counted(connection, found, cut, taken_away={first.unit_id})
        more = counted(connection, found, cut, added=[structs.replace(second, unit_id="session-3")])
    figures = [
        {one["measure"]: one["actual"] for one in each["outputs"] if one["indicator"] == "output-2"}
        for each in (without, more)
    ]
    assert figures == [{"persons": 1, "sessions": 1}, {"persons": 2, "sessions": 3}]


def test_a_funder_sees_the_report_of_its_own_contract_and_nobody_behind_it(
    leader: Client, others: Others, periods: Periods, as_user: Callable[[str], Client]
) -> None:
    others.record("session-1", MOTHER, occurred_on="2018-07-02")
    funder = as_user("funder")
    assert funder.get("/contracts/kachi-2/report").json["code"] == "no_report_yet"
    periods.report("2018-11-30")
    others.record("session-2", MOTHER, occurred_on="2018-07-03")
    assert (funder.figures()["output-2/sessions"], leader.figures()["output-2/sessions"]) == (1, 2)
    assert funder.get("/contracts/kachi-2/report", as_of="2019-01-01").json["code"] == "sealed_reports_only"
    assert "deliverables" not in funder.get("/contracts/kachi-2").json
    assert "person-m" not in funder.get("/contracts/kachi-2/report").text
    assert funder.get("/contracts/kachi-2/figures/output-2/sessions").status_code == 403
    assert funder.get("/units/session-1/figures").status_code == 403
    document = leader.get("/contracts/kachi-2").json["document"] | {"contract": "other"}
    assert leader.post("/contracts", {"document": document}).status_code == 201
    assert funder.get("/contracts/other/report").status_code == 404
    assert [one["contract_id"] for one in funder.get("/contracts").json["items"]] == ["kachi-2"]
