"""The story of an assessment for a page: what it held first, what each correction changed, by whom, when and why."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask_babel import gettext, lazy_gettext

from services.case import pages
from services.case.assessments.events import (
    AssessmentCorrected,
    AssessmentRecorded,
    QuestionnaireTallied,
    QuestionnaireTallyCorrected,
)
from services.case.sessions.story import changed
from shared.eventstore import Recorded
from shared.web.shell import day

STORY = {
    "AssessmentRecorded": lazy_gettext("Recorded"),
    "AssessmentCorrected": lazy_gettext("Corrected"),
    "AssessmentVoided": lazy_gettext("Voided"),
    "QuestionnaireTallied": lazy_gettext("Recorded"),
    "QuestionnaireTallyCorrected": lazy_gettext("Corrected"),
    "QuestionnaireTallyVoided": lazy_gettext("Voided"),
}
Full = AssessmentRecorded | AssessmentCorrected
Totals = QuestionnaireTallied | QuestionnaireTallyCorrected


def story_lines(story: Sequence[Recorded], colleagues: Mapping[str, str]) -> list[dict[str, Any]]:
    """The versions of an assessment or a tally, the latest first, for those who may read it."""
    lines: list[dict[str, Any]] = []
    before: Full | Totals | None = None
    for recorded in story:
        event = recorded.event
        shown: dict[str, Any] = {
            "what": STORY[recorded.type],
            "who": colleagues.get(recorded.actor),
            "when": recorded.recorded_at,
            "reason": _reason(event),
        }
        if isinstance(event, Full | Totals):
            if before is None:
                shown["detail"] = f"{_came_to(event)} · {day(event.assessed_on)}"
            else:
                shown["details"] = [*_changes(before, event)]
            before = event
        lines.append(shown)
    return lines[::-1]


def _came_to(event: Full | Totals) -> str:
    if isinstance(event, Full):
        return str(gettext("total %(total)s", total=event.total))
    satisfied, all_of_them = event.totals["satisfied"], sum(event.totals.values())
    return str(gettext("%(k)s of %(n)s satisfied", k=satisfied, n=all_of_them))


def _reason(event: Any) -> str:
    parts = (pages.label("reason", getattr(event, "reason", None)), getattr(event, "reason_text", None))
    return " · ".join(part for part in parts if part)


def _changes(before: Full | Totals, after: Full | Totals) -> Iterator[str]:
    was, now = _shown(before), _shown(after)
    for label, value in now.items():
        if value != was.get(label, ""):
            yield changed(label, was.get(label, ""), value)
    if getattr(before, "note", None) != getattr(after, "note", None):
        yield gettext("The note was changed.")


def _shown(event: Full | Totals) -> dict[str, str]:
    if isinstance(event, Totals):
        totals = event.totals
        return {
            gettext("Date"): day(event.assessed_on),
            gettext("Questionnaire"): pages.label("instrument", event.instrument),
            gettext("Satisfied"): str(totals["satisfied"]),
            gettext("Not satisfied"): str(totals["not_satisfied"]),
        }
    single = {
        gettext("When"): pages.label("phase", event.phase),
        gettext("Date"): day(event.assessed_on),
        gettext("Total"): str(event.total),
    }
    answers = {gettext("Answer %(n)s", n=n): str(answer) for n, answer in enumerate(event.answers or (), 1)}
    return single | answers
