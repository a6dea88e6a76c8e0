"""The story of an assessment for a page: what it held first, what each correction changed, by whom, when and why."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask_babel import gettext, lazy_gettext

from services.case import pages
from services.case.assessments.events import AssessmentCorrected, AssessmentRecorded, AssessmentVoided
from services.case.sessions.story import changed
from shared.eventstore import Recorded
from shared.web.shell import day

STORY = {
    "AssessmentRecorded": lazy_gettext("Recorded"),
    "AssessmentCorrected": lazy_gettext("Corrected"),
    "AssessmentVoided": lazy_gettext("Voided"),
}
Full = AssessmentRecorded | AssessmentCorrected


def story_lines(story: Sequence[Recorded], colleagues: Mapping[str, str]) -> list[dict[str, Any]]:
    """The versions of an assessment, the latest first, for those who may read it."""
    lines: list[dict[str, Any]] = []
    before: Full | None = None
    for recorded in story:
        event = recorded.event
        shown: dict[str, Any] = {
            "what": STORY[recorded.type],
            "who": colleagues.get(recorded.actor),
            "when": recorded.recorded_at,
            "reason": _reason(event),
        }
        if isinstance(event, Full):
            if before is None:
                shown["detail"] = f"{gettext('total %(total)s', total=event.total)} · {day(event.assessed_on)}"
            else:
                shown["details"] = [*_changes(before, event)]
            before = event
        lines.append(shown)
    return lines[::-1]


def _reason(event: Full | AssessmentVoided) -> str:
    parts = (pages.label("reason", getattr(event, "reason", None)), getattr(event, "reason_text", None))
    return " · ".join(part for part in parts if part)


def _changes(before: Full, after: Full) -> Iterator[str]:
    was, now = _shown(before), _shown(after)
    for label, value in now.items():
        if value != was.get(label, ""):
            yield changed(label, was.get(label, ""), value)
    if before.note != after.note:
        yield gettext("The note was changed.")


def _shown(event: Full) -> dict[str, str]:
    single = {
        gettext("When"): pages.label("phase", event.phase),
        gettext("Date"): day(event.assessed_on),
        gettext("Total"): str(event.total),
    }
    answers = {gettext("Answer %(n)s", n=n): str(answer) for n, answer in enumerate(event.answers or (), 1)}
    return single | answers
