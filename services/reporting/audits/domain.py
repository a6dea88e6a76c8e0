"""The rules of samples: how one is drawn, and what is written down of its items. Pure; the seed is an input."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import assert_never

from services.reporting.audits.events import AuditEvent, SampleDrawn, SampleItemChecked
from shared.errors import Invalid, NotFound, RuleBroken
from shared.serviceunit.checks import unknown_code
from shared.serviceunit.codes import Labels

MOST = 200
"""So many items are in one sample at most: each is looked at by two people."""
KINDS = ("sessions", "people", "cases")

RESULTS: Labels = {
    "found": ("Found, as recorded", "有，與紀錄相符"),
    "not_found": ("Not found", "找不到"),
    "differs": ("Differs", "與紀錄不符"),
}
REASONS: Labels = {
    "file_missing": ("The file was not there", "欠檔案"),
    "sheet_missing": ("The sign-in sheet was not there", "欠簽到表"),
    "signature_missing": ("A signature is missing", "欠簽署"),
    "not_in_file": ("The file says nothing of it", "檔案中沒有記載"),
    "date_differs": ("Another date", "日期不同"),
    "people_differ": ("Other people", "人士不同"),
    "length_differs": ("Another length", "時數不同"),
    "other": ("Other", "其他"),
}


def draw(seed: str, items: Iterable[str], size: int) -> tuple[str, ...]:
    """The first `size` of all items in the order of their hashes under the seed.

    The algorithm, for whoever repeats it: write down the id of every item of the figure at the cut, each once. For each
    take SHA-256 of the bytes of `<seed>:<id>` in UTF-8, as 64 hexadecimal digits in small letters (on most computers:
    `printf '%s' '<seed>:<id>' | sha256sum`). Sort the ids by these digits, the smallest first, and take the first
    `size`. Every item is as likely as any other, and a larger sample of one seed begins with the smaller one.
    """
    return tuple(sorted(set(items), key=lambda item: sha256(f"{seed}:{item}".encode()).hexdigest())[:size])


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A sample, and by item the last that was written of it."""

    drawn: SampleDrawn | None = None
    checked: Mapping[str, SampleItemChecked] = field(default_factory=dict)

    def count(self, result: str) -> int:
        """How many items have this result now."""
        return sum(one.result == result for one in self.checked.values())


INITIAL = Sample()


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawSample:
    """`population` is every item that the figure counts at the cut."""

    sample_id: str
    contract_id: str
    indicator: str
    measure: str
    of: str
    cut: str
    seed: str
    size: int
    population: Collection[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckItem:
    item: str
    result: str
    reason: str | None


def decide(command: DrawSample | CheckItem, sample: Sample) -> list[AuditEvent]:
    """The events of `command`, or why it cannot be."""
    match command:
        case DrawSample():
            return [_drawn(command, sample)]
        case CheckItem():
            return [_checked(command, sample)]
        case _:
            assert_never(command)


def _drawn(command: DrawSample, sample: Sample) -> SampleDrawn:
    if sample.drawn is not None:
        raise RuleBroken("sample_exists", "This sample was drawn already.", field="id")
    if not 1 <= command.size <= MOST:
        raise Invalid("sample_size", "A sample has 1 to %(most)s items.", field="size", most=MOST)
    if not command.population:
        raise RuleBroken(
            "nothing_to_draw", "This figure counts nothing of that kind, so there is nothing to draw from."
        )
    return SampleDrawn(
        sample_id=command.sample_id,
        contract_id=command.contract_id,
        indicator=command.indicator,
        measure=command.measure,
        of=command.of,
        cut=command.cut,
        seed=command.seed,
        population=len(set(command.population)),
        items=draw(command.seed, command.population, command.size),
    )


def _checked(command: CheckItem, sample: Sample) -> SampleItemChecked:
    if sample.drawn is None:
        raise NotFound("sample_not_found", "There is no such sample.")
    if command.item not in sample.drawn.items:
        raise Invalid("not_in_sample", "This is not in the sample.", field="item")
    if command.result not in RESULTS:
        raise Invalid.of([unknown_code("result", command.result, RESULTS)])
    if command.reason is not None and command.reason not in REASONS:
        raise Invalid.of([unknown_code("reason", command.reason, REASONS)])
    if (command.reason is None) != (command.result == "found"):
        raise Invalid("reason_needed", "Say why where it was not found or differs, and only there.", field="reason")
    return SampleItemChecked(
        sample_id=sample.drawn.sample_id, item=command.item, result=command.result, reason=command.reason
    )


def evolve(sample: Sample, event: AuditEvent) -> Sample:
    """The sample after `event`."""
    match event:
        case SampleDrawn():
            return replace(sample, drawn=event)
        case SampleItemChecked():
            return replace(sample, checked={**sample.checked, event.item: event})
        case _:
            assert_never(event)
