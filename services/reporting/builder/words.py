"""The words of the builder: its steps, and the fields of a document as its pages name them."""

import re
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext, lazy_gettext

from services.reporting.builder.steps import Step, items
from services.reporting.figures.language import in_language

STEPS: Mapping[Step, Any] = {
    "parties": lazy_gettext("Parties and period"),
    "counting": lazy_gettext("What counts"),
    "outputs": lazy_gettext("Output indicators"),
    "outcomes": lazy_gettext("Outcome indicators"),
    "targets": lazy_gettext("Targets"),
    "deliverables": lazy_gettext("Deliverables"),
    "review": lazy_gettext("Review"),
    "yaml": lazy_gettext("As YAML"),
}
RHYTHMS = {
    "month": lazy_gettext("every month"),
    "quarter": lazy_gettext("every quarter"),
    "half_year": lazy_gettext("every half-year"),
    "year": lazy_gettext("every year"),
    "april_to_march": lazy_gettext("every year, from April to March"),
    "school_year": lazy_gettext("every school year, from September to August"),
    "spans": lazy_gettext("in the periods listed below"),
}
BASES = {
    "total": lazy_gettext("for the whole contract"),
    "by_year": lazy_gettext("for each year"),
    "by_period": lazy_gettext("for each reporting period"),
    "monthly": lazy_gettext("so many a month on average"),
    "establishment": lazy_gettext("so many for each post"),
}
FIELDS: Mapping[str, Any] = {
    "contract": lazy_gettext("Short name"),
    "title": lazy_gettext("Name"),
    "funder": lazy_gettext("Funder"),
    "district": lazy_gettext("District"),
    "period.from": lazy_gettext("First day"),
    "period.to": lazy_gettext("Last day"),
    "reporting_periods": lazy_gettext("Reporting periods"),
    "sentence": lazy_gettext("Sentence of the report"),
    "where": lazy_gettext("Who and which sessions"),
    "measures": lazy_gettext("Figures"),
    "measure": lazy_gettext("What is counted"),
    "which": lazy_gettext("Which cases"),
    "of": lazy_gettext("Part of"),
    "target": lazy_gettext("Target"),
    "approval": lazy_gettext("Approval reference"),
    "effective": lazy_gettext("From which day"),
    "opening": lazy_gettext("Opening balance"),
    "instrument": lazy_gettext("Questionnaire"),
    "population": lazy_gettext("Whom it is about"),
    "success": lazy_gettext("When it is reached"),
    "planned_sample": lazy_gettext("Planned sample"),
    "min_days": lazy_gettext("Days between the two"),
    "at_least": lazy_gettext("Satisfied from a score of"),
    "due": lazy_gettext("Due on"),
    "evidence": lazy_gettext("What will show it"),
    "unit_status": lazy_gettext("Sessions that were"),
    "participant_status": lazy_gettext("People recorded as"),
    "modes": lazy_gettext("Modes"),
    "minimum_minutes": lazy_gettext("Shortest session"),
    "training_day": lazy_gettext("Training days"),
    "credit": lazy_gettext("Long occasions"),
}
_PLACE = re.compile(r"^(outputs|outcomes|deliverables)\.(\d+)")


def step_of(path: str) -> tuple[str, int | None]:
    """The step and the page on which a field stands, by its path."""
    place = _PLACE.match(path)
    if place is None:
        return ("counting", None) if path.startswith("counting") else (_whole(path), None)
    step = "targets" if re.search(r"\.(target|variations|opening|comparator)\b", path) else place[1]
    return step, int(place[2]) if step in ("outputs", "outcomes") else None


def _whole(path: str) -> str:
    return path if path in ("outputs", "outcomes", "deliverables") else "parties"


def field_words(document: dict[str, Any], path: str) -> str:
    """What a field is called on its page: its indicator by name, and the field."""
    place = _PLACE.match(path)
    above = [item_name(document, place[1], int(place[2]))] if place else []
    keys = path.split(".")
    named = next(
        (
            FIELDS[name]
            for at in range(len(keys), 0, -1)
            for name in (".".join(keys[max(at - 2, 0) : at]), keys[at - 1])
            if name in FIELDS
        ),
        STEPS.get(path) if path in STEPS else "",  # type: ignore[call-overload]
    )
    return " › ".join(str(one) for one in (*above, named) if one)


def item_name(document: dict[str, Any], name: str, place: int) -> str:
    """The title of an indicator or a deliverable, else what it is and its number."""
    found = items(document, name)
    title = found[place].get("title") if place < len(found) else None
    kinds = {
        "outputs": gettext("Output indicator %(number)s", number=place + 1),
        "outcomes": gettext("Outcome indicator %(number)s", number=place + 1),
        "deliverables": gettext("Deliverable %(number)s", number=place + 1),
    }
    return in_language(title, str(kinds[name])) if isinstance(title, dict) else str(kinds[name])
