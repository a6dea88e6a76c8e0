"""The facts of an audit: which sample was drawn, what was found of each item, which extract was taken. Codes only."""

from shared.events import event


@event("SampleDrawn")
class SampleDrawn:
    """Items of one figure at one cut; whoever draws again by the seed has the same (`audits.domain.draw`)."""

    sample_id: str
    contract_id: str
    indicator: str
    measure: str
    of: str
    cut: str
    seed: str
    population: int
    items: tuple[str, ...]


@event("SampleItemChecked")
class SampleItemChecked:
    """One item was looked for in the files; a later answer about it stands beside the earlier one, and holds."""

    sample_id: str
    item: str
    result: str
    reason: str | None = None


@event("ExtractDrawn")
class ExtractDrawn:
    """Rows about those who consent to research were taken away; who had which study number is nowhere kept."""

    extract_id: str
    contract_id: str
    cut: str
    people: int
    without_consent: int
    file_format: str


AuditEvent = SampleDrawn | SampleItemChecked
EVENTS: tuple[type, ...] = (SampleDrawn, SampleItemChecked, ExtractDrawn)
