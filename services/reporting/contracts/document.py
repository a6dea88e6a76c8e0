"""The contract document: from what somebody wrote to a checked definition, or to the list of all that is wrong."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, cast

from services.reporting.contracts.instruments import INSTRUMENTS
from services.reporting.contracts.measures import read_measures
from services.reporting.contracts.reading import Reader, join
from services.reporting.contracts.rhythm import read_period, read_rhythm
from services.reporting.contracts.targets import TargetReader
from services.reporting.contracts.where import read_where
from services.reporting.indicators.definition import (
    Counting,
    Credit,
    Definition,
    Deliverable,
    Limb,
    Outcome,
    Output,
    Text,
)
from services.reporting.indicators.sentences import PAIRED, POST_ONLY, placeholders
from shared.errors import Invalid
from shared.serviceunit import codes

_OPTIONAL = ("funder", "district", "reporting_periods", "counting", "outcomes", "deliverables")
_OF_OUTCOME = ("title", "sentence", "post_only", "planned_sample")
_LIMBS = {False: ("share_improved", "paired_t"), True: ("share_satisfied",)}


def definition_of(document: object) -> Definition:
    """Check a contract document fully; raises `Invalid` with every wrong field, its path and what would be right."""
    read = Reader()
    fields = read.mapping(document, "", required=("contract", "title", "period", "outputs"), optional=_OPTIONAL)
    period = read_period(read, fields.get("period"), "period")
    rhythm = read_rhythm(read, fields.get("reporting_periods"), period)
    outputs = _outputs(read, fields.get("outputs"), TargetReader(read, period, rhythm))
    definition = Definition(
        contract=read.slug(fields.get("contract"), "contract"),
        title=read.text(fields.get("title"), "title"),
        funder=read.text(fields.get("funder"), "funder"),
        district=read.text(fields.get("district"), "district"),
        period=period,
        reporting=rhythm,
        counting=_counting(read, fields.get("counting")),
        outputs=outputs,
        outcomes=_outcomes(read, fields.get("outcomes"), {output.id for output in outputs}),
        deliverables=_deliverables(read, fields.get("deliverables")),
    )
    read.unique(
        [
            *((f"outputs.{index}.id", output.id) for index, output in enumerate(definition.outputs)),
            *((f"outcomes.{index}.id", outcome.id) for index, outcome in enumerate(definition.outcomes)),
        ]
    )
    if read.errors:
        raise Invalid.of(read.errors)
    return definition


def _counting(read: Reader, value: object) -> Counting:
    default, path = Counting(), "counting"
    if value is None:
        return default
    fields = read.mapping(value, path, optional=_COUNTING)
    day = read.mapping(fields.get("training_day", {}), f"{path}.training_day", optional=("full", "half"))
    full = read.whole(day.get("full"), f"{path}.training_day.full", default.full_day, least=1)
    half = read.whole(day.get("half"), f"{path}.training_day.half", min(default.half_day, full), least=1)
    if half > full:
        read.fail(f"{path}.training_day.half", "half_longer", "Half a day cannot be longer than a full one.")
    joint = read.one_of(fields.get("joint_sessions"), f"{path}.joint_sessions", ("both", "primary"), "both")

    def chosen(name: str, vocabulary: Mapping[str, Any], fallback: frozenset[str]) -> frozenset[str]:
        if name not in fields:
            return fallback
        if name == "exclude_tags" and fields[name] == []:
            return frozenset()
        return read.codes(fields[name], f"{path}.{name}", vocabulary)

    return Counting(
        unit_status=chosen("unit_status", _without(codes.UNIT_STATUSES, "planned"), default.unit_status),
        participant_status=chosen("participant_status", codes.ATTENDANCE, default.participant_status),
        modes=chosen("modes", codes.MODES, default.modes),
        minimum_minutes=read.whole(fields.get("minimum_minutes"), f"{path}.minimum_minutes", 0),
        exclude_tags=chosen("exclude_tags", codes.TAGS, default.exclude_tags),
        joint_sessions=cast('Literal["both", "primary"]', joint),
        unidentified=read.flag(fields.get("unidentified"), f"{path}.unidentified"),
        full_day=full,
        half_day=half,
        credit=_credit(read, fields.get("credit"), f"{path}.credit"),
    )


def _credit(read: Reader, value: object, path: str) -> Credit | None:
    """`{minutes: 180, at_most: 2}`: how many sessions a long occasion counts as."""
    if value is None:
        return None
    fields = read.mapping(value, path, required=("minutes", "at_most"))
    minutes = read.whole(fields.get("minutes"), f"{path}.minutes", 1, least=1)
    return Credit(minutes=minutes, at_most=read.whole(fields.get("at_most"), f"{path}.at_most", 1, least=1))


_COUNTING = (
    "unit_status",
    "participant_status",
    "modes",
    "minimum_minutes",
    "exclude_tags",
    "joint_sessions",
    "unidentified",
    "training_day",
    "credit",
)


def _without(vocabulary: Mapping[str, Any], code: str) -> Mapping[str, Any]:
    return {known: label for known, label in vocabulary.items() if known != code}


def _outputs(read: Reader, value: object, targets: TargetReader) -> tuple[Output, ...]:
    items = read.sequence(value, "outputs") if value is not None else []
    return tuple(_output(read, item, f"outputs.{index}", targets) for index, item in enumerate(items))


def _output(read: Reader, value: object, path: str, targets: TargetReader) -> Output:
    fields = read.mapping(value, path, required=("id", "measures"), optional=("title", "sentence", "where"))
    where = read_where(read, fields.get("where"), join(path, "where"))
    measures = read_measures(read, fields.get("measures"), join(path, "measures"), where, targets)
    return Output(
        id=read.slug(fields.get("id"), join(path, "id")),
        title=read.text(fields.get("title"), join(path, "title")),
        sentence=_sentence(read, fields.get("sentence"), join(path, "sentence"), [one.id for one in measures]),
        measures=measures,
    )


def _sentence(read: Reader, value: object, path: str, names: Sequence[str]) -> Text:
    sentence = read.text(value, path)
    for language, text in sentence.items():
        for name in placeholders(text):
            if name not in names:
                read.fail(
                    join(path, language),
                    "unknown_placeholder",
                    "There is no figure “%(name)s” here. There are: %(known)s.",
                    name=name[:60],
                    known=", ".join(names),
                )
    return sentence


def _outcomes(read: Reader, value: object, outputs: set[str]) -> tuple[Outcome, ...]:
    items = read.sequence(value, "outcomes") if value is not None else []
    return tuple(_outcome(read, item, f"outcomes.{index}", outputs) for index, item in enumerate(items))


def _outcome(read: Reader, value: object, path: str, outputs: set[str]) -> Outcome:
    post_only = isinstance(value, Mapping) and value.get("post_only") is True
    basis = ("satisfied",) if post_only else ("pairing", "improved")
    required = ("id", "population", "instrument", "success", *(("satisfied",) if post_only else ("improved",)))
    fields = read.mapping(value, path, required=required, optional=(*_OF_OUTCOME, *basis))
    read.flag(fields.get("post_only"), join(path, "post_only"))
    instrument = read.one_of(fields.get("instrument"), join(path, "instrument"), INSTRUMENTS, "")
    population = read.mapping(fields.get("population", {}), join(path, "population"), required=("outputs",))
    pairing = read.mapping(fields.get("pairing", {}), join(path, "pairing"), optional=("pre", "post", "min_days"))
    read.one_of(pairing.get("pre"), join(path, "pairing.pre"), ("first",), "first")
    read.one_of(pairing.get("post"), join(path, "pairing.post"), ("last",), "last")
    satisfied = read.mapping(fields.get("satisfied", {}), join(path, "satisfied"), optional=("at_least",))
    if post_only and fields.get("satisfied") is not None and "at_least" not in satisfied:
        read.fail(join(path, "satisfied.at_least"), "missing", "“%(field)s” is missing.", field="at_least")
    return Outcome(
        id=read.slug(fields.get("id"), join(path, "id")),
        title=read.text(fields.get("title"), join(path, "title")),
        sentence=_sentence(read, fields.get("sentence"), join(path, "sentence"), POST_ONLY if post_only else PAIRED),
        population=tuple(sorted(read.codes(population["outputs"], join(path, "population.outputs"), sorted(outputs))))
        if "outputs" in population
        else (),
        instrument=instrument,
        post_only=post_only,
        improved=None if post_only else _direction(read, fields.get("improved"), join(path, "improved"), instrument),
        min_days=read.whole(pairing.get("min_days"), join(path, "pairing.min_days"), 0),
        satisfied_from=read.whole(satisfied.get("at_least"), join(path, "satisfied.at_least"), 0)
        if post_only
        else None,
        any_of=_success(read, fields.get("success"), join(path, "success"), post_only=post_only),
        planned=read.whole(fields.get("planned_sample"), join(path, "planned_sample"), 0, least=1) or None,
    )


def _direction(read: Reader, value: object, path: str, instrument: str) -> Literal["lower", "higher"]:
    chosen = read.one_of(value, path, ("lower", "higher"), "higher")
    better = INSTRUMENTS.get(instrument)
    if isinstance(value, str) and chosen == value and better is not None and chosen != better:
        read.fail(
            path,
            "wrong_direction",
            "A better score of %(instrument)s is %(better)s.",
            instrument=instrument,
            better=better,
        )
    return cast('Literal["lower", "higher"]', chosen)


def _success(read: Reader, value: object, path: str, *, post_only: bool) -> tuple[Limb, ...]:
    if value is None:
        return ()
    fields = read.mapping(value, path, required=("any",))
    items = read.sequence(fields["any"], join(path, "any")) if "any" in fields else []
    return tuple(_limb(read, item, join(path, f"any.{index}"), _LIMBS[post_only]) for index, item in enumerate(items))


def _limb(read: Reader, value: object, path: str, kinds: tuple[str, ...]) -> Limb:
    fields = read.mapping(value, path, optional=kinds)
    given = [kind for kind in kinds if kind in fields]
    if len(given) != 1:
        if isinstance(value, Mapping) and not set(value) - set(kinds):
            read.fail(path, "one_way", "Give one way to pass: %(known)s.", known=", ".join(kinds))
        return Limb(kind="share_improved")
    kind = cast('Literal["share_improved", "share_satisfied", "paired_t"]', given[0])
    inner = join(path, kind)
    if kind != "paired_t":
        return Limb(kind=kind, threshold=read.threshold(fields[kind], inner))
    test = read.mapping(fields[kind], inner, required=("alpha",))
    return Limb(kind=kind, alpha=read.share(test["alpha"], join(inner, "alpha")) if "alpha" in test else None)


def _deliverables(read: Reader, value: object) -> tuple[Deliverable, ...]:
    items = read.sequence(value, "deliverables", empty=True) if value is not None else []
    found = []
    for index, item in enumerate(items):
        path = f"deliverables.{index}"
        fields = read.mapping(item, path, required=("id", "title"), optional=("due", "evidence"))
        found.append(
            Deliverable(
                id=read.slug(fields.get("id"), join(path, "id")),
                title=read.text(fields.get("title"), join(path, "title")),
                due=read.day(fields.get("due"), join(path, "due")),
                evidence=read.text(fields.get("evidence"), join(path, "evidence")),
            )
        )
    read.unique([(f"deliverables.{index}.id", one.id) for index, one in enumerate(found)])
    return tuple(found)
