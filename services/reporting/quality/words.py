"""The words of the rules, and where each is put right."""

from flask_babel import lazy_gettext

from services.reporting.figures.address import own_page
from services.reporting.quality.domain import Finding

TITLES = {
    "no_contract": lazy_gettext("No contract"),
    "outside_period": lazy_gettext("Outside the contract's period"),
    "not_recorded": lazy_gettext("Planned, not recorded yet"),
    "overlap": lazy_gettext("Two entries of one worker at the same time"),
    "same_twice": lazy_gettext("The same session twice"),
    "beyond_membership": lazy_gettext("Attended without being a member"),
    "no_post_test": lazy_gettext("Pre-test without post-test"),
    "no_pre_test": lazy_gettext("Post-test without pre-test"),
    "late": lazy_gettext("Recorded after more than a week"),
    "no_target_group": lazy_gettext("Without a target group"),
    "possible_duplicate": lazy_gettext("Perhaps one person"),
}
MEANINGS = {
    "no_contract": lazy_gettext(
        "It took place and is of no contract, so that it counts for none. Regular service may be so."
    ),
    "outside_period": lazy_gettext(
        "It took place on a day on which the contract did not run, so that it does not count."
    ),
    "not_recorded": lazy_gettext("Its day has passed within the last 60 days and nobody has said what became of it."),
    "overlap": lazy_gettext("The second begins before the first has ended. One of the times may be wrong."),
    "same_twice": lazy_gettext("One case or group, one kind, one day, the same time. If it is one, void the second."),
    "beyond_membership": lazy_gettext("Recorded as a member, and by the list of members not one on that day."),
    "no_post_test": lazy_gettext("Answered the first questionnaire only. While the service goes on this may be right."),
    "no_pre_test": lazy_gettext("Answered the second questionnaire only, so that there is no pair."),
    "late": lazy_gettext("More than 7 days between the day it happened and the day it was recorded."),
    "no_target_group": lazy_gettext(
        "Would count for a figure that asks for a target group, and has none in the record."
    ),
    "possible_duplicate": lazy_gettext(
        "The same name, alias or phone, however it is written. If they are one person, merge them."
    ),
}
OWNERS = {"worker": lazy_gettext("The worker"), "leader": lazy_gettext("The leader")}
BANDS = {
    "same_day": lazy_gettext("The same day"),
    "in_a_week": lazy_gettext("Within 7 days"),
    "in_a_month": lazy_gettext("Within 30 days"),
    "later": lazy_gettext("Later"),
}


def address_of(finding: Finding) -> str:
    """Where what was found is put right: the entry, or the person."""
    return finding.address or own_page(finding.about)
