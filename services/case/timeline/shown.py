"""How the entries of a timeline are shown on the page of a case: where each leads, and its story where it has one."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext, lazy_gettext

from services.case import pages
from services.case.assessments import story as assessments
from services.case.sessions import story as sessions
from services.case.timeline.handlers import Timeline
from shared.auth.identity import Identity

OCCASIONS = {
    "case": ("session", "/case/sessions"),
    "groups": ("meeting", "/groups/meetings"),
    "outreach": ("visit", "/outreach/visits"),
}
"""Of the services that record occasions: the kind of entry, and where it is shown."""
_CHANGES = {"ServiceUnitCorrected": lazy_gettext("Corrected"), "ServiceUnitVoided": lazy_gettext("Voided")}
_CORRECTIONS = ("ServiceUnitCorrected", "AssessmentCorrected")
_VOIDS = ("ServiceUnitVoided", "AssessmentVoided")


def people_shown(found: Timeline) -> set[str]:
    """Whose names the page shows; a token of outreach has none here."""
    shown = {member.person_id for member in found.case.members}
    for item in found.items:
        shown |= {*item.get("person_ids", ()), *([item["person_id"]] if item.get("person_id") else ())}
    return shown.union(*(sessions.people_in(story) for story in found.stories.values()))


def shown_items(
    found: Timeline, who: Identity, colleagues: Mapping[str, str], names: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The entries with their kind, their address, whether one may correct them here, and what happened to them."""
    return [item | _place(item, who) | _changes(found, item, who, colleagues, names) for item in found.items]


def _place(item: dict[str, Any], who: Identity) -> dict[str, Any]:
    match item["entry"]:
        case "occasion":
            sort, path = OCCASIONS[item["service"]]
            is_ours = item["service"] == "case" and item["phase"] == "recorded"
        case "referral":
            url = f"{OCCASIONS[item['service']][1]}/{item['unit_id']}"
            return {"sort": "referral", "icon": "referral", "url": url, "correctable": False}
        case "assessment":
            sort, path, is_ours = "assessment", "/case/assessments", not item["voided"]
        case "task":
            sort, path, is_ours = "task", "/case/tasks", False
        case _:
            return {"sort": "step", "icon": "step", "url": None, "correctable": False}
    icon = {"meeting": "groups", "visit": "visits"}.get(sort, sort)
    return {
        "sort": sort,
        "icon": icon,
        "url": f"{path}/{item['id']}",
        "correctable": is_ours and who.sees_team(item["team_id"]),
    }


def _changes(
    found: Timeline, item: dict[str, Any], who: Identity, colleagues: Mapping[str, str], names: Mapping[str, str]
) -> dict[str, Any]:
    """How often an entry was corrected, why it was voided, and its story, the latest first."""
    story = found.stories.get(item["id"])
    if story is None:
        kinds = [(one["type"], one["reason"]) for one in item.get("changes", ())]
        lines = [_learnt(one, colleagues) for one in item.get("changes", ())]
    else:
        kinds = [(one.type, getattr(one.event, "reason", None)) for one in story]
        is_session = item["entry"] == "occasion"
        lines = (
            sessions.story_lines(story, who, colleagues, names)
            if is_session
            else assessments.story_lines(story, colleagues)
        )
    why = [pages.label("reason", reason) for kind, reason in kinds if kind in _VOIDS]
    count = sum(kind in _CORRECTIONS for kind, _ in kinds)
    return {"corrections": count, "voided_for": why[0] if why else None, "story": lines if count or why else []}


def _learnt(change: dict[str, Any], colleagues: Mapping[str, str]) -> dict[str, Any]:
    """What is known here of a change that another service recorded; the rest stands on the page of the entry."""
    return {
        "what": _CHANGES[change["type"]],
        "who": colleagues.get(change["actor"]),
        "when": change["recorded_at"],
        "reason": pages.label("reason", change["reason"]),
    }


def corrected_words(count: int) -> str:
    """The words of a fold over the story of an entry."""
    return str(gettext("Corrected") if count == 1 else gettext("Corrected %(count)s times", count=count))
