"""How a figure is counted, in one sentence of the reader's language, made from its definition alone."""

from collections.abc import Iterable

from flask_babel import get_locale, gettext

from services.reporting.indicators.definition import Counting, Measure, Outcome, Where
from shared.serviceunit.codes import label

_KINDS = {
    "headcount": "How many different people",
    "sessions": "How many sessions",
    "contacts": "How many contacts (each person at each session)",
    "attendances": "How many attendances",
    "minutes": "How many hours of service",
    "days": "How many training days",
    "organisations": "How many different organisations",
}
_CONDITIONS = ("kind", "activity", "setting", "mode", "tag", "role", "target_group")


def how_figure_counted(counting: Counting, measure: Measure | None, outcome: Outcome | None) -> str:
    """How a figure is counted: that of a measure, or of an outcome."""
    if outcome is not None:
        return how_outcome_counted(outcome)
    assert measure is not None
    return how_counted(measure, counting)


def how_counted(measure: Measure, counting: Counting) -> str:
    """Such as: How many different people: Group meeting; Family member. Counted when held, …"""
    wanted = [conditions for where in measure.filters if (conditions := conditions_of(where))]
    sentence = gettext(
        "%(what)s: %(conditions)s. Only what is %(statuses)s, within the period, with such a person %(attendance)s.",
        what=gettext(_KINDS[measure.kind]),
        conditions=gettext("; ").join(wanted) or gettext("everything"),
        statuses=_joined("status", counting.unit_status),
        attendance=_joined("attendance", counting.participant_status),
    )
    return str(sentence)


def conditions_of(where: Where) -> str:
    """The conditions of one filter in words; empty when it sets none."""
    chosen = [_joined(name, codes) for name in _CONDITIONS if (codes := getattr(where, name)) is not None]
    return str(gettext("; ")).join(chosen)


def how_outcome_counted(outcome: Outcome) -> str:
    """The rule of an outcome in one sentence."""
    if outcome.post_only:
        least = outcome.satisfied_from
        return str(
            gettext("Answers after the activity, satisfied from a score of %(least)s; no pre-test.", least=least)
        )
    better = gettext("a lower score is better") if outcome.improved == "lower" else gettext("a higher score is better")
    sentence = gettext(
        "Each person served with a first pre-test and a last post-test at least %(days)s days later; %(better)s.",
        days=outcome.min_days,
        better=better,
    )
    return str(sentence)


def _joined(vocabulary: str, codes: Iterable[str]) -> str:
    locale = str(get_locale())
    return str(gettext(" or ")).join(sorted(label(vocabulary, code, locale) for code in codes))
