"""The first steps with this program: a few for each role, each leading to the page it speaks of."""

from dataclasses import dataclass

from flask_babel import lazy_gettext

from shared.auth.roles import ADMINS, LEADERS, RECORDERS, Role


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to know, in a sentence, and where to see it."""

    title: str
    says: str
    url: str
    roles: tuple[Role, ...]


_WORKERS: tuple[Role, ...] = ("assistant", "worker")

STEPS = (
    Step(
        lazy_gettext("Log what happened"),
        lazy_gettext(
            "One form for a session: tap who was there and how long, save. What is wrong is undone on the spot."
        ),
        "/case/sessions/new",
        _WORKERS,
    ),
    Step(
        lazy_gettext("Take the attendance of a group"),
        lazy_gettext(
            "Everybody is present until you tap. One save for the whole meeting, also when two of you save it."
        ),
        "/groups/meetings/new",
        _WORKERS,
    ),
    Step(
        lazy_gettext("Work without a connection"),
        lazy_gettext("What you save outside waits sealed on this phone and is sent by itself, once."),
        "/on-this-phone",
        _WORKERS,
    ),
    Step(
        lazy_gettext("See where each contract stands"),
        lazy_gettext(
            "Every line is a measure: done, target, expected by today. A tap leads to the sessions behind it."
        ),
        "/reporting/contracts",
        (*LEADERS, "funder"),
    ),
    Step(
        lazy_gettext("Read and sign what was recorded"),
        lazy_gettext("What your team records waits here. Sign for it, or return it with a comment."),
        "/reading",
        ("team_leader",),
    ),
    Step(
        lazy_gettext("Look after your team"),
        lazy_gettext("Workload, what is not recorded yet, and groups that fewer and fewer people come to."),
        "/reporting/team",
        ("team_leader",),
    ),
    Step(
        lazy_gettext("Give everybody an account"),
        lazy_gettext("Teams and roles decide who sees what. Who leaves hands over first; then the account is closed."),
        "/accounts",
        ADMINS,
    ),
    Step(
        lazy_gettext("Know how it is counted"),
        lazy_gettext(
            "People, attendances, sessions: what each word counts, with an example, and all terms in both languages."
        ),
        "/help",
        (*RECORDERS, "funder"),
    ),
)


def steps_for(role: Role) -> list[Step]:
    """The steps of a role, in the order in which they are shown."""
    return [step for step in STEPS if role in step.roles]
