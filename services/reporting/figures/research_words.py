"""The words of the research appendix: other rules of improvement, and what to keep in mind."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext, lazy_gettext

RULES = {
    "any": lazy_gettext("The contract's rule: any change for the better"),
    "band": lazy_gettext("A better band of severity"),
}
FUNNEL = {
    "valid": lazy_gettext("A valid pair"),
    "too_close": lazy_gettext("Both, but too close together"),
    "pre_only": lazy_gettext("Only before"),
    "post_only": lazy_gettext("Only after"),
    "neither": lazy_gettext("Neither"),
}
EXTREMES = {
    "best": lazy_gettext("At the best end of the scale"),
    "worst": lazy_gettext("At the worst end of the scale"),
}
GUARDS = {
    "fewer_than_two_pairs": lazy_gettext("With fewer than two pairs there is no t-test."),
    "no_spread": lazy_gettext(
        "Every difference is the same, so that nothing can be said about chance. This is never called significant."
    ),
    "small": lazy_gettext("Fewer than ten pairs: one person changes the result. Read it with care."),
    "not_normal": lazy_gettext(
        "Fewer than thirty pairs: the t-test holds only if the differences are roughly normally distributed."
    ),
    "significantly_worse": lazy_gettext("The change is significant, but for the worse. It never passes."),
    "sample_not_reached": lazy_gettext("There are fewer pairs than the contract planned."),
    "fails_of_served": lazy_gettext(
        "Of those with a valid pair enough have improved; of all who were served, counting everybody without a pair as"
        " not improved, too few."
    ),
    "rules_disagree": lazy_gettext("By another common rule the result would be another. The contract's rule decides."),
    "nothing_differs": lazy_gettext("Nobody's score has changed: the signed-rank test cannot be computed."),
    "zeros_dropped": lazy_gettext("The signed-rank test leaves out those whose score did not change."),
    "ties": lazy_gettext("Changes of the same size share their rank."),
    "ranks_approximated": lazy_gettext(
        "The signed-rank p is approximated, with correction for ties and continuity; it is counted exactly only up to"
        " 25 changes without ties."
    ),
    "no_other_rule": lazy_gettext("For this questionnaire no other rule of improvement is known here."),
    "ordinal": lazy_gettext(
        "The steps of this scale are an order, not equal distances: read the signed-rank test beside the t-test. It"
        " does not decide."
    ),
    "demo_range": lazy_gettext("The range of this scale is a placeholder until the agency sets that of its edition."),
}


def rule_name(rule: Mapping[str, Any]) -> str:
    """One rule of improvement in words."""
    if rule["rule"] == "points":
        return str(gettext("Better by at least %(points)s points", points=rule["points"]))
    return str(RULES[rule["rule"]])
