"""How a figure is counted, in the reader's language: one sentence, and its conditions by name.

Made from the definition alone. Written for a funder: no word of ours, and nothing to look up elsewhere.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from babel.lists import format_list
from flask_babel import get_locale, gettext, lazy_gettext

from services.reporting.contracts.instruments import NAMES
from services.reporting.figures.language import in_language, is_chinese
from services.reporting.indicators.definition import ADDS_UP, Counting, Definition, Measure, Outcome, Period, Where
from services.reporting.indicators.rounding import plain
from shared.serviceunit.codes import VOCABULARIES, label
from shared.web.shell import day

WHAT = {
    "headcount": lazy_gettext("Different people, each counted once however often they came."),
    "sessions": lazy_gettext("Sessions, each counted once however many people took part or served."),
    "contacts": lazy_gettext("Contacts: every person met counts once for each session."),
    "attendances": lazy_gettext("Attendances: every person counts once for each session they attended."),
    "minutes": lazy_gettext("Hours of service, added up to the minute, however many people were there."),
    "organisations": lazy_gettext("Different organisations, each counted once."),
}
_CASES = {
    "opened": lazy_gettext("Different cases that were opened, or opened again, from %(first)s to %(last)s."),
    "active": lazy_gettext("Different cases that were open on at least one day from %(first)s to %(last)s."),
    "closed": lazy_gettext("Different cases that were closed from %(first)s to %(last)s."),
}
_PARTS = {
    "n": lazy_gettext("People served who filled in the same questionnaire before and after."),
    "improved": lazy_gettext("Of the people with a valid pair of questionnaires, those whose score improved."),
    "unchanged": lazy_gettext("Of the people with a valid pair of questionnaires, those whose score stayed the same."),
    "worse": lazy_gettext("Of the people with a valid pair of questionnaires, those whose score got worse."),
}
_ANSWERS = {
    "n": lazy_gettext("All answers to the questionnaire after the activity."),
    "satisfied": lazy_gettext("Answers after the activity that were satisfied."),
    "not_satisfied": lazy_gettext("Answers after the activity that were not satisfied."),
}
_SINGLE = ("kind", "activity", "setting", "mode")
_CONDITIONS = (*_SINGLE, "tag", "role", "target_group")
_PROPER = ("Chinese",)


@dataclass(frozen=True, slots=True)
class How:
    """What is counted, in a sentence, and the conditions, each with its name."""

    what: str
    conditions: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        """The whole as a few sentences."""
        named = (gettext("%(name)s: %(words)s.", name=name, words=words) for name, words in self.conditions)
        return ("" if is_chinese() else " ").join((self.what, *named))


def how_counted(definition: Definition, measure: Measure) -> How:
    """How a measure of an output is counted."""
    period, counting = definition.period, definition.counting
    if measure.which is not None:
        return How(str(_CASES[measure.which]) % _days(period), ())
    conditions = (
        (gettext("Which sessions"), _joined(_sessions(measure, counting))),
        (gettext("When"), _period(period)),
        (gettext("Who"), _joined(_people(measure, counting))),
        (gettext("Left out"), _one_of("tag", counting.exclude_tags)),
        (gettext("Opening balance"), _opening(measure)),
    )
    return How(_what(measure, counting), tuple((name, words) for name, words in conditions if words))


def _opening(measure: Measure) -> str:
    """The figure of before, and whether it is part of this one; empty without any."""
    if measure.opening is None:
        return ""
    values = {"value": plain(measure.opening.value), "day": day(measure.opening.until, with_weekday=False)}
    if measure.kind in ADDS_UP:
        return str(gettext("%(value)s up to %(day)s, added; sessions up to that day are not counted again", **values))
    return str(
        gettext(
            "%(value)s up to %(day)s, beside this figure and not added: they may be the same as those counted since",
            **values,
        )
    )


def conditions_of(where: Where) -> str:
    """The conditions of one filter in words; empty when it sets none."""
    return _joined(_one_of(name, codes) for name in _CONDITIONS if (codes := getattr(where, name)) is not None)


def how_outcome_counted(definition: Definition, outcome: Outcome, part: str) -> How:
    """How one number of an outcome is counted."""
    conditions = [(gettext("Questionnaire"), in_language(NAMES[outcome.instrument]))]
    if outcome.post_only:
        satisfied = gettext(
            "a score of at least %(least)s; answers without a name count too", least=outcome.satisfied_from
        )
        conditions.append((gettext("Satisfied"), satisfied))
        conditions.append((gettext("When"), _period(definition.period)))
        return How(str(_ANSWERS[part]), tuple(conditions))
    served = [in_language(output.title, output.id) for output in definition.outputs if output.id in outcome.population]
    better = gettext("a lower score") if outcome.improved == "lower" else gettext("a higher score")
    pair = gettext(
        "the first questionnaire before, and the last one after, at least %(days)s days later", days=outcome.min_days
    )
    conditions += [
        (gettext("Who"), gettext("served in %(outputs)s", outputs=_joined(served))),
        (gettext("Valid pair"), pair),
        (gettext("Improved"), better),
        (gettext("When"), _period(definition.period)),
    ]
    return How(str(_PARTS[part]), tuple(conditions))


def _what(measure: Measure, counting: Counting) -> str:
    if measure.whole is not None:
        part = conditions_of(measure.where)
        whole = _what(measure.whole, counting)
        return str(gettext("The share with this condition: %(part)s. The whole: %(whole)s", part=part, whole=whole))
    if measure.kind == "days":
        text = gettext(
            "Training days: a session of at least %(full)s minutes is one day, one of at least %(half)s half a day.",
            full=counting.full_day,
            half=counting.half_day,
        )
        return str(text)
    if measure.kind == "sessions" and counting.credit is not None:
        text = gettext(
            "Sessions: one for each full %(minutes)s minutes of an occasion, at most %(at_most)s on its day.",
            minutes=counting.credit.minutes,
            at_most=counting.credit.at_most,
        )
        return str(text)
    return str(WHAT[measure.kind])


def _sessions(measure: Measure, counting: Counting) -> Iterator[str]:
    for name in _SINGLE:
        given = [codes for where in measure.filters if (codes := getattr(where, name)) is not None]
        if name == "mode":
            given.append(counting.modes)
        if given:
            yield _one_of(name, frozenset.intersection(*given))
    yield from (_one_of("tag", where.tag) for where in measure.filters if where.tag is not None)
    yield _one_of("status", counting.unit_status)
    if counting.minimum_minutes:
        yield gettext("at least %(minutes)s minutes long", minutes=counting.minimum_minutes)


def _people(measure: Measure, counting: Counting) -> Iterator[str]:
    roles = [where.role for where in measure.filters if where.role is not None]
    if roles:
        yield _one_of("role", frozenset.intersection(*roles))
    yield from (_one_of("target_group", one.target_group) for one in measure.filters if one.target_group is not None)
    yield gettext("recorded as %(words)s", words=_one_of("attendance", counting.participant_status))
    if counting.joint_sessions == "primary":
        yield gettext("of a joint session only those in the role of the first person")
    if counting.unidentified and measure.counts == "attendances":
        yield gettext("heads without a name count too")


def _period(period: Period) -> str:
    return str(gettext("from %(first)s to %(last)s", **_days(period)))


def _days(period: Period) -> dict[str, str]:
    return {"first": day(period.first, with_weekday=False), "last": day(period.last, with_weekday=False)}


def _one_of(vocabulary: str, codes: Collection[str]) -> str:
    """Labels as in the middle of a sentence, in the order of the vocabulary."""
    locale = str(get_locale())
    labels = [label(vocabulary, code, locale) for code in VOCABULARIES[vocabulary] if code in codes]
    words = labels if is_chinese() else [_small(one) for one in labels]
    return str(format_list(words, style="or", locale=get_locale())) if words else ""


def _small(text: str) -> str:
    return text if text.startswith(_PROPER) else text[:1].lower() + text[1:]


def _joined(parts: Iterable[str]) -> str:
    return str(gettext("; ")).join(parts)
