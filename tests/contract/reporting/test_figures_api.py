"""What stands behind a figure: sessions, people, event ids, what is left out and why, and what moved it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.contract.reporting.conftest import Client, Others, family

SON = [{"person_id": "person-s", "role": "drug_user", "status": "present", "target_groups": ["hidden"]}]


def _behind(leader: Client, figure: str, **query: Any) -> dict[str, Any]:
    answered = leader.get(f"/contracts/kachi-2/figures/{figure}", **query)
    assert answered.status_code == 200, answered.json
    return answered.json


def test_ax_01_every_figure_leads_to_the_event_ids_behind_it(leader: Client, others: Others) -> None:
    first = others.record("session-1", family("person-m", "person-f"))
    second = others.record("visit-1", family("person-m"), setting="home_visit", minutes=None)
    behind = _behind(leader, "output-2/sessions")
    assert behind["figure"]["actual"] == 2
    assert [one["event_id"] for one in behind["sessions"]] == [first.event_id, second.event_id]
    assert behind["sessions"][0]["people"] == ["person-f", "person-m"]
    assert behind["sessions"][1] == {
        "unit_id": "visit-1",
        "service": "outreach",
        "event_id": second.event_id,
        "kind": "visit",
        "activity": "follow_up",
        "occurred_on": "2019-03-04",
        "minutes": None,
        "mode": "in_person",
        "setting": "home_visit",
        "people": ["person-m"],
    }
    assert behind["people"] == [
        {"person_id": "person-f", "first_on": "2019-03-04", "sessions": 1},
        {"person_id": "person-m", "first_on": "2019-03-04", "sessions": 2},
    ]


def test_each_session_left_out_has_its_one_reason(leader: Client, others: Others) -> None:
    others.record("session-1", family("person-m"))
    others.record("session-2", family("person-m"), status="no_show")
    others.record("session-3", family("person-m", status="absent"))
    others.record("session-4", family("person-m"), mode="messaging")
    others.record("session-5", SON)
    others.record("session-6", family("person-m"), occurred_on="2021-06-01")
    others.record("session-7", family("person-m"), tags=["aftercare"])
    others.record("meeting-1", family("person-m"))
    left_out = {one["unit_id"]: one["why"] for one in _behind(leader, "output-2/sessions")["left_out"]}
    assert left_out == {
        "session-2": "status",
        "session-3": "nobody_attended",
        "session-4": "mode",
        "session-5": "role",
        "session-6": "outside_period",
        "session-7": "tag",
        "meeting-1": "other_kind",
    }


def test_a_correction_is_listed_with_who_when_why_and_both_values(leader: Client, others: Others) -> None:
    others.record("meeting-1", family("person-m", "person-f"))
    corrected = others.correct("meeting-1", family("person-m"), actor="account-leader")
    newest, first = _behind(leader, "output-1/attendances")["changes"]
    assert newest == {
        "unit_id": "meeting-1",
        "what": "corrected",
        "service": "groups",
        "event_id": corrected.event_id,
        "recorded_at": newest["recorded_at"],
        "actor": "account-leader",
        "reason": "attendance_wrong",
        "from": 2,
        "to": 1,
    }
    assert datetime.fromisoformat(newest["recorded_at"]) == corrected.recorded_at
    assert (first["what"], first["from"], first["to"]) == ("recorded", 0, 2)


def test_what_moves_nothing_is_not_listed(leader: Client, others: Others) -> None:
    others.record("meeting-1", family("person-m"))
    others.correct("meeting-1", family("person-m"), mode="online")
    assert [one["what"] for one in _behind(leader, "output-1/attendances")["changes"]] == ["recorded"]


def test_voids_merges_and_their_undoing_are_listed(leader: Client, others: Others) -> None:
    others.record("session-1", family("person-a", "person-b"))
    others.record("session-2", family("person-b"))
    others.merge("person-a", "person-b")
    others.unmerge("person-a", "person-b")
    others.void("session-1")
    told = [(one["what"], one["from"], one["to"]) for one in _behind(leader, "output-2/persons")["changes"]]
    assert told == [("voided", 2, 1), ("unmerged", 1, 2), ("merged", 2, 1), ("recorded", 0, 2)]


def test_the_changes_end_at_the_figure(leader: Client, others: Others) -> None:
    practitioner = [{"person_id": "practitioner-1", "role": "practitioner", "status": "present"}]
    training = {"kind": "sector_event", "activity": "training", "minutes": 400}
    others.record("meeting-1", practitioner, **training)
    others.record("meeting-2", practitioner, **training)
    others.correct("meeting-2", practitioner, **(training | {"minutes": 200}))
    behind = _behind(leader, "output-5/training_days")
    assert behind["figure"]["actual"] == 1.5
    assert [(one["from"], one["to"]) for one in behind["changes"]] == [(2, 1.5), (1, 2), (0, 1)]


def test_a_session_moved_to_another_contract_takes_its_count_along(leader: Client, others: Others) -> None:
    others.record("session-1", family("person-m"))
    others.correct("session-1", family("person-m"), segments=[{"contract_id": "other", "minutes": None}])
    told = [(one["what"], one["from"], one["to"]) for one in _behind(leader, "output-2/sessions")["changes"]]
    assert told == [("corrected", 1, 0), ("recorded", 0, 1)]


def test_a_figure_as_known_earlier_shows_what_stood_behind_it_then(leader: Client, others: Others) -> None:
    others.record("session-1", family("person-m"), at=datetime(2021, 6, 1, tzinfo=UTC))
    others.void("session-1", at=datetime(2021, 7, 1, tzinfo=UTC))
    then = _behind(leader, "output-2/sessions", as_of="2021-06-30")
    now = _behind(leader, "output-2/sessions")
    assert [one["unit_id"] for one in then["sessions"]] == ["session-1"]
    assert (now["sessions"], len(now["changes"]), len(then["changes"])) == ([], 2, 1)


def test_merged_people_stand_behind_a_figure_as_one(leader: Client, others: Others) -> None:
    others.record("visit-1", family("contact-1"))
    found = {"contact_id": "contact-1", "person_id": "person-m", "identification_id": "identification-1"}
    others.store("outreach", "ContactIdentified", "contact-1", **found)
    assert [one["person_id"] for one in _behind(leader, "output-2/persons")["people"]] == ["person-m"]


def test_the_sentence_says_how_a_figure_is_counted(leader: Client) -> None:
    assert _behind(leader, "output-3/visits")["how"] == (
        "Contacts: every person met counts once for each session."
        " Which sessions: case session or visit; outreach or home visit; in person, online, phone, or hybrid; held."
        " When: from 1 Jun 2018 to 31 May 2021."
        " Who: person who uses drugs; low motivation or hidden; recorded as present, late, or left early."
        " Left out: before the case opened or aftercare."
    )
    assert _behind(leader, "outcome-1/worse")["how"] == (
        "Of the people with a valid pair of questionnaires, those whose score got worse."
        " Questionnaire: PHQ-9. Who: served in Groups and activities; output-2."
        " Valid pair: the first questionnaire before, and the last one after, at least 14 days later."
        " Improved: a lower score. When: from 1 Jun 2018 to 31 May 2021."
    )


def test_an_outcomes_pairs_carry_their_scores_and_event_ids(leader: Client, others: Others) -> None:
    others.record("session-1", family("person-m", "person-f"))
    pre = others.assess("assessment-1", "person-m", "pre", "2019-01-07", 14)
    post = others.assess("assessment-2", "person-m", "post", "2019-06-03", 9)
    others.assess("assessment-3", "person-f", "pre", "2019-01-07", 14)
    behind = _behind(leader, "outcome-1/n")
    (pair,) = behind["people"]
    assert (pair["person_id"], pair["difference"], pair["result"]) == ("person-m", -5, "improved")
    assert (pair["pre"]["event_id"], pair["post"]["event_id"]) == (pre.event_id, post.event_id)
    assert behind["left_out"] == [{"person_id": "person-f", "why": "no_post_test"}]


@pytest.mark.parametrize("username", ["assistant", "worker-east"])
def test_scores_are_blank_for_assistants_and_other_teams(
    leader: Client, others: Others, as_user: Callable[[str], Client], username: str
) -> None:
    others.record("session-1", family("person-m"))
    others.assess("assessment-1", "person-m", "pre", "2019-01-07", 14)
    others.assess("assessment-2", "person-m", "post", "2019-06-03", 9)
    (pair,) = _behind(as_user(username), "outcome-1/n")["people"]
    assert (pair["pre"]["total"], pair["post"]["total"]) == (None, None)
    assert (pair["difference"], pair["result"]) == (None, None)
    (pair,) = _behind(as_user("admin"), "outcome-1/n")["people"]
    assert (pair["pre"]["total"], pair["result"]) == (14, "improved")


def test_what_a_score_moved_is_told_and_whose_it_was_only_to_those_who_may_see_it(
    leader: Client, others: Others, as_user: Callable[[str], Client]
) -> None:
    others.record("session-1", family("person-m"))
    others.assess("assessment-1", "person-m", "pre", "2019-01-07", 14)
    post = others.assess("assessment-2", "person-m", "post", "2019-06-03", 9)
    (told,) = _behind(leader, "outcome-1/improved")["changes"]
    assert (told["unit_id"], told["event_id"]) == ("assessment-2", post.event_id)
    (blank,) = _behind(as_user("worker-east"), "outcome-1/improved")["changes"]
    assert (blank["unit_id"], blank["event_id"], blank["from"], blank["to"]) == (None, None, 0, 1)


def test_a_corrected_and_a_voided_assessment_move_the_outcome(leader: Client, others: Others) -> None:
    others.record("session-1", family("person-m"))
    others.assess("assessment-1", "person-m", "pre", "2019-01-07", 14)
    post = {"assessment_id": "assessment-2", "person_id": "person-m", "instrument": "phq9", "phase": "post"}
    post |= {"assessed_on": "2019-06-03", "contract_id": "kachi-2"}
    others.store("case", "AssessmentRecorded", "assessment-2", **post, total=9)
    assert leader.report()["outcomes"][0]["improved"] == 1
    others.store("case", "AssessmentCorrected", "assessment-2", **post, total=15, reason="typing_error")
    assert leader.report()["outcomes"][0]["worse"] == 1
    others.store("case", "AssessmentVoided", "assessment-2", assessment_id="assessment-2", reason="duplicate")
    assert leader.report()["outcomes"][0]["n"] == 0
    assert _told(leader, "outcome-1/n") == [("voided", "duplicate", 1, 0), ("recorded", None, 0, 1)]
    assert _told(leader, "outcome-1/improved") == [("corrected", "typing_error", 1, 0), ("recorded", None, 0, 1)]
    assert _told(leader, "outcome-1/worse") == [("voided", "duplicate", 1, 0), ("corrected", "typing_error", 0, 1)]


def _told(leader: Client, figure: str) -> list[tuple[Any, ...]]:
    """What moved a figure, the newest first: what happened, the coded reason, and from where to where."""
    return [(one["what"], one["reason"], one["from"], one["to"]) for one in _behind(leader, figure)["changes"]]


def test_an_outcome_moves_when_its_people_are_merged_or_not_served_after_all(leader: Client, others: Others) -> None:
    others.record("session-1", family("person-m"))
    others.assess("assessment-1", "person-m", "pre", "2019-01-07", 14)
    others.assess("assessment-2", "person-n", "post", "2019-06-03", 9)
    others.merge("person-n", "person-m")
    others.void("session-1")
    assert _told(leader, "outcome-1/improved") == [("voided", "duplicate", 1, 0), ("merged", "duplicate", 0, 1)]


def test_a_tally_counts_and_its_correction_replaces_it(leader: Client, others: Others) -> None:
    tally = {"tally_id": "tally-1", "instrument": "bdf21", "contract_id": "kachi-2", "assessed_on": "2019-06-03"}
    others.store("case", "QuestionnaireTallied", "tally-1", **tally, totals={"satisfied": 60, "not_satisfied": 12})
    totals = {"satisfied": 69, "not_satisfied": 3}
    others.store("case", "QuestionnaireTallyCorrected", "tally-1", **tally, totals=totals, reason="typing_error")
    outcome = leader.report()["outcomes"][1]
    assert outcome["share_satisfied"] == {"k": 69, "n": 72, "percent": 95.8}
    assert _behind(leader, "outcome-4/n")["answers"][0]["tally_id"] == "tally-1"
    others.store("case", "QuestionnaireTallyVoided", "tally-1", tally_id="tally-1", reason="duplicate")
    assert leader.report()["outcomes"][1]["n"] == 0
    assert _told(leader, "outcome-4/satisfied") == [
        ("voided", "duplicate", 69, 0),
        ("corrected", "typing_error", 60, 69),
        ("recorded", None, 0, 60),
    ]


@pytest.mark.parametrize(
    "figure",
    ["output-9/sessions", "output-2/nothing", "outcome-1/sessions", "outcome-1/satisfied", "outcome-4/improved"],
)
def test_a_figure_the_contract_does_not_have_is_not_found(leader: Client, figure: str) -> None:
    assert leader.get(f"/contracts/kachi-2/figures/{figure}").status_code == 404


def test_a_session_names_every_figure_it_feeds_and_why_not_the_others(leader: Client, others: Others) -> None:
    others.record("session-1", [*family("person-m"), *SON])
    answered = leader.get("/units/session-1/figures").json
    fed = {f"{one['indicator']}/{one['measure']}": one["adds"] for one in answered["figures"]}
    assert fed == {
        "output-2/persons": 1,
        "output-2/sessions": 1,
        "output-3/persons": 1,
        "output-3/contacts": 1,
    }
    why = {f"{one['indicator']}/{one['measure']}": one["why_not"] for one in answered["others"]}
    assert why["output-3/visits"] == "other_setting"
    assert why["output-1/sessions"] == "other_kind"


def test_a_voided_session_feeds_nothing_and_an_unknown_one_is_not_found(leader: Client, others: Others) -> None:
    others.record("session-1", family("person-m"))
    others.void("session-1")
    assert leader.get("/units/session-1/figures").json["figures"] == []
    assert leader.get("/units/session-9/figures").status_code == 404
    others.record("session-2", family("person-m"), agency="agency-two")
    assert leader.get("/units/session-2/figures").status_code == 404


def test_the_research_appendix_says_both_denominators_other_rules_and_guards(
    leader: Client, browser: FlaskClient, others: Others
) -> None:
    people = [f"person-{letter}" for letter in "mfs"]
    others.record("session-1", family(*people))
    for person, before, after in zip(people, (18, 12, 9), (9, 12, 4), strict=True):
        others.assess(f"assessment-{person}-1", person, "pre", "2019-01-07", before)
        others.assess(f"assessment-{person}-2", person, "post", "2019-06-03", after)
    others.record("session-2", family("person-late"))
    outcome = leader.get("/contracts/kachi-2/research").json["outcomes"][0]
    more = outcome["appendix"]
    assert [
        (one["rule"], one["of_pairs"]["k"], one["of_pairs"]["n"], one["of_served"]["n"]) for one in more["rules"]
    ] == [
        ("any", 2, 3, 4),
        ("points", 2, 3, 4),
        ("band", 2, 3, 4),
    ]
    assert more["funnel"] | {"valid": 3, "neither": 1, "served": 4} == more["funnel"]
    assert {"small", "zeros_dropped"} <= set(more["guards"])
    page = browser.get("/reporting/contracts/kachi-2/research").text
    assert "Fewer than ten pairs" in page
    assert "2 / 4" in page
