"""The words for figures on pages: names of measures, units, statuses and reasons, in the language of the request."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext, lazy_gettext

from services.reporting.figures.how import conditions_of
from services.reporting.figures.language import in_language
from services.reporting.indicators.definition import Measure

UNITS = {
    "persons": lazy_gettext("people"),
    "sessions": lazy_gettext("sessions"),
    "contacts": lazy_gettext("contacts"),
    "attendances": lazy_gettext("attendances"),
    "hours": lazy_gettext("hours"),
    "days": lazy_gettext("days"),
    "organisations": lazy_gettext("organisations"),
    "cases": lazy_gettext("cases"),
    "percent": "%",
    "answers": lazy_gettext("answers"),
}
PARTS = {
    "improved": lazy_gettext("Improved"),
    "unchanged": lazy_gettext("Unchanged"),
    "worse": lazy_gettext("Worse"),
    "satisfied": lazy_gettext("Satisfied"),
    "not_satisfied": lazy_gettext("Not satisfied"),
}
KINDS = {
    "headcount": lazy_gettext("Different people"),
    "sessions": lazy_gettext("Sessions"),
    "contacts": lazy_gettext("Contacts"),
    "attendances": lazy_gettext("Attendances"),
    "minutes": lazy_gettext("Hours"),
    "days": lazy_gettext("Days"),
    "organisations": lazy_gettext("Organisations"),
    "share": lazy_gettext("Share"),
}
CASES = {
    "opened": lazy_gettext("Cases opened"),
    "active": lazy_gettext("Cases that were open"),
    "closed": lazy_gettext("Cases closed"),
}
STANDINGS = {
    "met": lazy_gettext("Met"),
    "on_pace": lazy_gettext("On pace"),
    "behind": lazy_gettext("Behind"),
    "not_met": lazy_gettext("Not met"),
    "no_target": lazy_gettext("No target"),
    "too_early": lazy_gettext("Too early to say"),
}
OUTLOOKS = {
    "unlikely": lazy_gettext("Target unlikely"),
    "open": lazy_gettext("Target open"),
    "likely": lazy_gettext("Target likely"),
    "too_early": lazy_gettext("Too early to forecast"),
}
PERIOD_STANDINGS = {
    "running": lazy_gettext("Not over yet"),
    "open": lazy_gettext("Not locked yet"),
    "locked": lazy_gettext("Locked"),
    "submitted": lazy_gettext("Submitted"),
    "returned": lazy_gettext("Returned"),
    "accepted": lazy_gettext("Accepted"),
}
LEFT_OUT = {
    "other_kind": lazy_gettext("Another kind of session"),
    "other_activity": lazy_gettext("Another activity"),
    "other_setting": lazy_gettext("Another setting"),
    "other_mode": lazy_gettext("Another mode"),
    "other_tag": lazy_gettext("Not marked as this indicator asks"),
    "outside_period": lazy_gettext("Outside the period"),
    "in_opening": lazy_gettext("Part of the opening balance"),
    "status": lazy_gettext("Did not take place"),
    "mode": lazy_gettext("The contract does not count this mode"),
    "minimum_minutes": lazy_gettext("Shorter than the minimum"),
    "tag": lazy_gettext("Before the case opened, or aftercare"),
    "nobody_attended": lazy_gettext("Nobody attended"),
    "role": lazy_gettext("Nobody in the role that counts"),
    "target_group": lazy_gettext("Nobody of the target group"),
    "not_there": lazy_gettext("Not recorded there"),
    "not_primary_role": lazy_gettext("Counted for the first person's role only"),
    "no_test": lazy_gettext("Neither a pre-test nor a post-test"),
    "no_pre_test": lazy_gettext("No pre-test"),
    "no_post_test": lazy_gettext("No post-test"),
    "never_opened": lazy_gettext("Never opened"),
    "not_opened_in_period": lazy_gettext("Not opened within the period"),
    "not_open_in_period": lazy_gettext("Not open within the period"),
    "not_closed_in_period": lazy_gettext("Not closed within the period"),
    "too_close_together": lazy_gettext("Pre-test and post-test too close together"),
}
CHANGES = {
    "recorded": lazy_gettext("Recorded"),
    "corrected": lazy_gettext("Corrected"),
    "voided": lazy_gettext("Voided"),
    "merged": lazy_gettext("Two people were found to be one"),
    "unmerged": lazy_gettext("They are two people after all"),
    "identified": lazy_gettext("A contact was identified"),
    "unidentified": lazy_gettext("An identification was undone"),
    "case_opened": lazy_gettext("A case was opened"),
    "case_closed": lazy_gettext("A case was closed"),
}
SERVICES = {
    "case": lazy_gettext("Cases"),
    "groups": lazy_gettext("Groups"),
    "outreach": lazy_gettext("Visits"),
}


def measure_name(measure: Measure) -> str:
    """Its title, else what it counts, with its own conditions where it has some."""
    if measure.title:
        return in_language(measure.title)
    if measure.which is not None:
        return str(CASES[measure.which])
    own = conditions_of(measure.where)
    if measure.kind == "share":
        return str(gettext("Share: %(conditions)s", conditions=own))
    if measure.of is not None:
        return str(gettext("of which %(conditions)s", conditions=own))
    kind = str(KINDS[measure.kind])
    return f"{kind} · {own}" if own else kind


def part_name(part: str, *, post_only: bool) -> str:
    """One number of an outcome; how many there are in all has a name by what they are."""
    if part == "n":
        return str(gettext("Answers") if post_only else gettext("Valid pairs"))
    return str(PARTS[part])


def limb_words(limb: Mapping[str, Any]) -> str:
    """One way to pass an outcome, such as: at least 70 % improved."""
    if limb["kind"] == "paired_t":
        return str(gettext("paired t-test significant at %(alpha)s, in the improving direction", alpha=limb["alpha"]))
    share = limb.get("at_least", limb.get("more_than"))
    texts = {
        ("share_improved", True): gettext("at least %(share)s %% improved", share=_percent(share)),
        ("share_improved", False): gettext("more than %(share)s %% improved", share=_percent(share)),
        ("share_satisfied", True): gettext("at least %(share)s %% satisfied", share=_percent(share)),
        ("share_satisfied", False): gettext("more than %(share)s %% satisfied", share=_percent(share)),
    }
    return str(texts[limb["kind"], "at_least" in limb])


def _percent(share: float) -> str:
    return f"{share * 100:.6g}"


def p_words(p: float) -> str:
    """A p value as it is printed."""
    return "p < .001" if p < 0.001 else f"p = {p:.3f}".replace("0.", ".", 1)
