"""The table of mutants: for every acceptance test, a change of one line of the rule it guards under which it fails.

`make mutants` applies each change in a copy of the source and expects the test to fail; a structure test keeps the
table whole.
"""

import ast
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
ACCEPTANCE = Path("tests/integration/acceptance")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: in `file`, the text `old`, found once and on one line, becomes `new`, and `test` fails.

    `rule` says what holds no more; `case` narrows a parametrized test to one of its cases.
    """

    test: str
    file: str
    old: str
    new: str
    rule: str
    case: str | None = None


def acceptance_tests(root: Path = ROOT) -> dict[str, Path]:
    """Every acceptance test by its name, with the file it stands in, in the order of the files."""
    return {
        node.name: path.relative_to(root)
        for path in sorted((root / ACCEPTANCE).glob("test_*.py"))
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


_CHECKS = "shared/serviceunit/checks.py"
_DEFINITION = "services/reporting/indicators/definition.py"
_FACTS = "services/reporting/indicators/facts.py"
_FILTERS = "services/reporting/indicators/filters.py"
_INBOX = "services/reporting/ledger/inbox.py"
_INDICATORS = "services/reporting/indicators/indicators.py"
_NOTICES = "shared/serviceunit/notices.py"
_DUAL = "test_a002_09_who_serves_or_supervises_their_own_relative_is_warned_of_and_the_family_is_not_named"
_SUBMISSIONS = "services/reporting/submissions/domain.py"
_LEDGER = "services/reporting/ledger/queries.py"

MUTANTS = (
    Mutant(
        "test_a002_01_the_golden_fixture_yields_fifteen_actuals_twelve_met_three_short",
        _DEFINITION,
        "else actual >= target",
        "else actual > target",
        "a target that is just reached is met",
    ),
    Mutant(
        "test_a002_02_thirteen_meetings_are_one_person_and_two_on_one_day_two_attendances",
        _INDICATORS,
        "return Fraction(len(persons(counted)))",
        "return Fraction(sum(len(session.people) for session in counted))",
        "a headcount is of different people",
    ),
    Mutant(
        "test_a002_03_a_family_of_three_in_one_session_is_one_session_and_three_persons",
        _INDICATORS,
        "return Fraction(len(counted))",
        "return Fraction(sum(len(session.people) for session in counted))",
        "a session is one, whatever the number of people",
    ),
    Mutant(
        "test_a002_04_five_met_on_a_trip_are_five_contacts_and_recoding_one_lowers_the_part_alone",
        _INDICATORS,
        "return Fraction(sum(len(session.people) for session in counted))",
        "return Fraction(len(counted))",
        "a contact is a person at an occasion",
    ),
    Mutant(
        "test_a002_04_five_met_on_a_trip_are_five_contacts_and_recoding_one_lowers_the_part_alone",
        _FILTERS,
        "if self._settings is not None and unit.setting not in self._settings:",
        "if False:",
        "the part of a measure asks for its own setting",
    ),
    Mutant(
        "test_a002_05_two_workers_make_one_session_that_each_of_them_has_served",
        "shared/serviceunit/schemas.py",
        "served_by=served_by,",
        "served_by=served_by[:1],",
        "everybody who served is kept",
    ),
    Mutant(
        "test_a002_06_no_shows_and_missed_visits_are_kept_and_do_not_count",
        _FILTERS,
        "if unit.status not in counting.unit_status:",
        'if unit.status not in {*counting.unit_status, "no_show"}:',
        "a no-show is left out, for being one",
    ),
    Mutant(
        "test_a002_06_a_contract_may_count_visits_on_which_nobody_was_met",
        "services/reporting/contracts/document.py",
        'unit_status=chosen("unit_status", _without(codes.UNIT_STATUSES, "planned"), default.unit_status),',
        "unit_status=default.unit_status,",
        "the contract says which statuses count",
    ),
    Mutant(
        "test_a002_07_a_cancelled_session_never_counts_and_cancelling_later_is_a_correction",
        _FILTERS,
        "if unit.status not in counting.unit_status:",
        "if False:",
        "only statuses of the contract count",
    ),
    Mutant(
        "test_a002_07_a_meeting_held_for_nobody_does_not_count",
        _FILTERS,
        "return Counted(unit, people) if people else None",
        "return Counted(unit, people)",
        "a session needs somebody who attended",
    ),
    Mutant(
        "test_a002_08_two_tokens_of_one_person_count_once_when_identified_and_twice_again_when_undone",
        _LEDGER,
        '_identity.c.agency_id == bindparam("agency_id"), alive(_identity, parked=parked)',
        '_identity.c.service == "case", alive(_identity, parked=parked)',
        "an identified contact is the person",
    ),
    Mutant(
        "test_a002_08_two_merged_people_count_once_and_twice_again_when_unmerged",
        _FACTS,
        "return self._same.get(person_id, person_id)",
        "return person_id",
        "merged people are one",
    ),
    Mutant(
        "test_a002_09_one_person_with_two_roles_counts_for_families_and_for_the_sector",
        _FILTERS,
        "and (roles is None or person.role in roles)",
        "",
        "an indicator asks for the role somebody had there",
    ),
    Mutant(
        _DUAL,
        _NOTICES,
        "around = own.union(*(cases.get(one, ()) for one in served if one != helper))",
        "around = own",
        "who helps beside a relative is warned of",
    ),
    Mutant(
        _DUAL,
        _NOTICES,
        "around = own.union(*(cases.get(one, ()) for one in served if one != helper))",
        "around = own.union(*(cases.get(one, ()) for one in served))",
        "nobody is their own relative",
    ),
    Mutant(
        _DUAL,
        _NOTICES,
        "own = {*unit.case_ids, *([unit.case_id] if unit.case_id else [])}",
        "own = set[str]()",
        "who helps in their own family's case is warned of",
    ),
    Mutant(
        "test_a002_10_the_same_session_for_two_contracts_is_refused_without_an_approved_split",
        _CHECKS,
        "if len(contracts) > 1 and not unit.split_approval:",
        "if False:",
        "a split needs an approval",
    ),
    Mutant(
        "test_a002_10_the_same_session_for_two_contracts_is_refused_without_an_approved_split",
        "services/case/sessions/domain.py",
        "_is_same_occasion(unit, other, same) and _contracts(unit) - _contracts(other) for",
        "False for",
        "one occasion counts for one contract",
    ),
    Mutant(
        "test_a002_11_a_split_session_gives_each_contract_its_own_minutes_and_length_rule",
        _INBOX,
        "minutes = unit.minutes if segment.minutes is None and len(unit.segments) == 1 else segment.minutes",
        "minutes = unit.minutes",
        "a contract is given its own part of the minutes",
    ),
    Mutant(
        "test_a002_12_minutes_add_up_and_are_rounded_nowhere",
        _INDICATORS,
        "sum(session.unit.minutes or 0 for session in counted), 60)",
        "sum((session.unit.minutes or 0) // 60 for session in counted))",
        "hours are divided at the very end",
    ),
    Mutant(
        "test_a002_13_two_half_days_are_one_day_whatever_the_number_of_trainees",
        _INDICATORS,
        "if minutes >= counting.full_day:",
        "if minutes >= counting.half_day:",
        "half a day is half a day",
    ),
    Mutant(
        "test_a002_14_supervision_counts_hours_of_the_session_not_of_the_people",
        _INDICATORS,
        "sum(session.unit.minutes or 0 for session in counted), 60)",
        "sum((session.unit.minutes or 0) * len(session.people) for session in counted), 60)",
        "hours are those of the session",
    ),
    Mutant(
        "test_a002_15_fifty_two_of_seventy_five_fail_the_share_and_pass_by_the_t_test",
        _DEFINITION,
        "else left >= right)",
        "else left + self.bound.denominator >= right)",
        "the share is compared exactly: nobody is rounded up",
    ),
    Mutant(
        "test_a002_15_fifty_two_of_seventy_five_fail_the_share_and_pass_by_the_t_test",
        _INDICATORS,
        "for limb in outcome.any_of if _passes(",
        "for limb in outcome.any_of[:1] if _passes(",
        "one of the two ways is enough",
    ),
    Mutant(
        "test_a002_15_a_significant_worsening_never_passes",
        _INDICATORS,
        " and sign * result.mean > 0",
        "",
        "the change must be an improvement",
    ),
    Mutant(
        "test_a002_15_what_cannot_be_computed_is_never_called_significant",
        "services/reporting/indicators/statistics.py",
        "/ Fraction(n - 1)",
        "/ Fraction(n - 1) or Fraction(1, 10**9)",
        "no spread is no significance",
        case="4-no_spread",
    ),
    Mutant(
        "test_a002_16_a_fall_of_one_point_of_phq9_is_better_and_a_rise_is_worse",
        _INDICATORS,
        'sign = -1 if outcome.improved == "lower" else 1',
        "sign = 1",
        "a fall of the PHQ-9 is an improvement",
    ),
    Mutant(
        "test_a002_17_a_post_only_questionnaire_takes_no_pre_test_and_offers_no_t_test",
        "services/case/assessments/domain.py",
        '("phase", entry.phase, instrument.phases),',
        "",
        "a questionnaire for afterwards takes no pre-test",
    ),
    Mutant(
        "test_a002_18_one_test_alone_is_no_pair_and_stands_in_the_funnel",
        _INDICATORS,
        "_days_apart(first.assessed_on, one.assessed_on) >= outcome.min_days",
        "_days_apart(first.assessed_on, one.assessed_on) >= 0",
        "the two tests of a pair lie apart",
    ),
    Mutant(
        "test_a002_18_somebody_who_was_never_served_is_no_pair",
        _INDICATORS,
        "if score.phase == phase and person in served:",
        "if score.phase == phase and person:",
        "an outcome is about the people served",
    ),
    Mutant(
        "test_a002_21_a_varied_target_stands_beside_the_agreed_one_and_past_reports_keep_theirs",
        "services/reporting/indicators/report.py",
        "self.measure.reaches(self.actual, self.measure.agreed.total)",
        "self.measure.reaches(self.actual, self.measure.target)",
        "the target agreed at first stays visible",
    ),
    Mutant(
        "test_a002_21_a_varied_target_stands_beside_the_agreed_one_and_past_reports_keep_theirs",
        "services/reporting/contracts/queries.py",
        "if position is not None and recorded.position > position:",
        "if False:",
        "past reports keep the targets of their time",
    ),
    Mutant(
        "test_a002_22_the_days_before_and_after_the_period_do_not_count",
        _DEFINITION,
        "return self.first <= day <= self.last",
        "return self.first < day <= self.last",
        "the first day counts",
    ),
    Mutant(
        "test_a002_22_the_days_before_and_after_the_period_do_not_count",
        _DEFINITION,
        "return self.first <= day <= self.last",
        "return self.first <= day",
        "the days after the last do not count",
    ),
    Mutant(
        "test_a002_23_somebody_in_another_role_is_no_attendance",
        _FILTERS,
        "and (roles is None or person.role in roles)",
        "",
        "an attendance is of the people the indicator is about",
    ),
    Mutant(
        "test_a002_24_entered_twice_is_flagged_and_one_key_makes_one_entry",
        "services/groups/meetings/domain.py",
        'if unit.status not in ("held", "planned"):',
        "if True:",
        "what looks entered twice is flagged",
    ),
    Mutant(
        "test_a002_25_filtering_by_mode_gives_parts_that_add_up",
        _FILTERS,
        "if self._modes is not None and unit.mode not in self._modes:",
        "if False:",
        "a measure may ask for a mode",
    ),
    Mutant(
        "test_a002_28_a_person_in_two_indicators_counts_in_each_and_once_in_the_contract",
        "services/reporting/indicators/report.py",
        "served=len(people), pairing=paired",
        "served=sum(len(served[one]) for one in outcome.population), pairing=paired",
        "the people of several indicators are united, not added up",
    ),
    Mutant(
        "test_a002_voiding_an_assessment_takes_its_pair_away",
        _INBOX,
        '"AssessmentVoided": _voided,',
        "",
        "a voided assessment is none",
    ),
    Mutant(
        "test_a002_26_a_funder_gets_sums_alone_without_name_code_or_note",
        "services/reporting/exports/files.py",
        'if asked["audience"] == "staff" and who.role not in RECORDERS:',
        "if False:",
        "single sessions are for the staff alone",
    ),
    Mutant(
        "test_a002_26_small_cells_by_what_people_are_stay_in_unless_released",
        "services/reporting/breakdowns/domain.py",
        "if whole.by not in PERSONAL or release.reason is not None:",
        "if True:",
        "small cells of a personal attribute are held back",
    ),
    Mutant(
        "test_a002_26_small_cells_by_what_people_are_stay_in_unless_released",
        "services/reporting/indicators/suppression.py",
        "while len(hidden) < 2 or sum(counts[place] for place in hidden) < 2 * least:",
        "while False:",
        "a cell that is held back does not follow from the others",
    ),
    Mutant(
        "test_a002_27_the_ninth_answer_and_its_task_are_in_no_file",
        "services/case/assessments/domain.py",
        "return sum(entry.answers), risk",
        "return sum(entry.answers) + entry.answers[8], risk",
        "the ninth answer is told to nobody by the total",
    ),
    Mutant(
        "test_ax_09_no_text_of_a_file_is_run_as_a_formula",
        "services/reporting/figures/csvtext.py",
        """return f"'{value}" if isinstance(value, str) and is_formula_like(value) else value""",
        "return value",
        "a text of a CSV is no formula",
    ),
    Mutant(
        "test_ax_09_no_text_of_a_file_is_run_as_a_formula",
        "services/reporting/exports/workbook.py",
        "page.write_string(at, column, cell, self._format(row.style, look, _indent(column, row)))",
        "page.write(at, column, cell) if look == 'plain' else page.write_formula(at, column, cell)",
        "a text of a workbook is no formula",
    ),
    Mutant(
        "test_ax_10_a_spreadsheet_reads_the_chinese_of_the_csv_right",
        "services/reporting/figures/csvtext.py",
        "return _BOM + text.getvalue()",
        "return text.getvalue()",
        "a CSV says that it is UTF-8",
    ),
    Mutant(
        "test_ax_01_a_figure_names_the_events_behind_it_and_a_session_the_figures_it_feeds",
        "services/reporting/figures/queries.py",
        '"event_id": unit.event_id,',
        '"event_id": unit.unit_id,',
        "a counted session names its event",
    ),
    Mutant(
        "test_ax_02_nothing_is_deleted_a_void_leaves_the_story_and_what_was_known_before",
        _LEDGER,
        "return and_(own.service == service, own.born <= at, own.dead > at)",
        "return and_(own.service == service, own.born <= at)",
        "what has ended by the cut is not alive at it",
    ),
    Mutant(
        "test_ax_02_an_erased_person_loses_the_name_and_keeps_the_counts",
        "shared/privacy/vault.py",
        ".values(wrapped=null(), master_key_id=null(), destroyed_at=",
        ".values(destroyed_at=",
        "the key of an erased person is gone",
    ),
    Mutant(
        "test_ax_03_the_second_of_two_editors_is_told_and_changes_nothing",
        "services/groups/meetings/handlers.py",
        "local_date(work.now)), state), expected_version)",
        "local_date(work.now)), state), expected_version and work.version(unit_id))",
        "the second of two editors is refused",
    ),
    Mutant(
        "test_ax_04_a_repeated_request_is_one_entry_and_the_same_answer",
        "shared/eventstore/store.py",
        '"command_key": None if rows else meta.command_key,',
        '"command_key": None,',
        "a command is known again by its key",
    ),
    Mutant(
        "test_ax_06_the_language_changes_labels_and_no_figure",
        "services/reporting/figures/rendering.py",
        '"unit": UNITS[measure.kind],',
        '"unit": __import__("flask_babel").gettext(UNITS[measure.kind]),',
        "figures are the same in every language",
    ),
    Mutant(
        "test_ax_06_the_language_changes_labels_and_no_figure",
        "shared/web/language.py",
        'if tag.lower().startswith("zh"):',
        "if False:",
        "words are in the reader's language",
    ),
    Mutant(
        "test_ax_07_a_worker_sees_the_own_team_a_funder_aggregates_and_looks_are_kept",
        "shared/auth/teams.py",
        "if not who.sees_team(team_id):",
        "if False:",
        "a worker sees the own team alone",
    ),
    Mutant(
        "test_ax_07_a_worker_sees_the_own_team_a_funder_aggregates_and_looks_are_kept",
        "services/case/people/handlers.py",
        "note_looks(service, who, [person_id], place)",
        "",
        "every look at a person is written down",
    ),
    Mutant(
        "test_ax_07_a_funder_sees_only_the_own_contracts",
        "services/reporting/contracts/access.py",
        'if who.role != "funder":',
        "if True:",
        "a funder sees the own contracts alone",
    ),
    Mutant(
        "test_ax_07_a_funder_reads_what_was_submitted_and_nothing_since",
        "services/reporting/figures/api.py",
        'if who.role == "funder":',
        "if False:",
        "a funder reads reports as they were submitted",
    ),
    Mutant(
        "test_a002_07_a_session_cancelled_after_it_was_reported_goes_the_way_of_a_correction",
        _LEDGER,
        "return and_(own.service == service, own.born <= at, own.dead > at)",
        "return and_(own.service == service, own.born <= at)",
        "what was corrected after a report is not alive any more",
    ),
    Mutant(
        "test_a002_08_two_tokens_that_were_reported_and_merged_leave_the_report",
        _LEDGER,
        "return and_(own.service == service, own.born <= at, own.dead > at)",
        "return and_(own.service == service, own.dead > at)",
        "a report does not know what was recorded after its cut",
    ),
    Mutant(
        "test_a002_19_a_late_entry_for_a_locked_period_waits_and_stands_in_the_next_report",
        _SUBMISSIONS,
        "    if command.waiting:",
        "    if False:",
        "a late entry needs the leader's reason before it is reported",
    ),
    Mutant(
        "test_a002_20_a_correction_after_submission_gives_a_second_report_and_the_first_again",
        "services/reporting/submissions/document.py",
        '"restated": list(restated),',
        '"restated": [],',
        "a report names the figures of the one before it that moved",
    ),
    Mutant(
        "test_ax_05_a_locked_period_opens_for_a_leader_with_a_reason_and_the_opening_is_an_event",
        _SUBMISSIONS,
        '_require_code("reason", command.reason, codes.REOPEN_REASONS)',
        "",
        "a period opens again with a coded reason alone",
    ),
    Mutant(
        "test_ax_08_impossible_rows_of_a_spreadsheet_are_refused_by_their_numbers_and_nothing_else",
        _CHECKS,
        "if unit.minutes is not None and unit.minutes > MINUTES_IN_A_DAY:",
        "if unit.minutes is not None and unit.minutes > 10 * MINUTES_IN_A_DAY:",
        "no occasion is longer than a day",
    ),
    Mutant(
        "test_ax_08_impossible_rows_of_a_spreadsheet_are_refused_by_their_numbers_and_nothing_else",
        "shared/serviceunit/schemas.py",
        "if length < 0:",
        "if False:",
        "no occasion ends before it begins",
    ),
)
