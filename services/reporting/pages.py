"""What this service's templates use beside the shell's functions."""

from typing import Any

from flask import Flask
from flask_babel import get_locale

from services.reporting.contracts.access import name_for
from services.reporting.contracts.instruments import NAMES
from services.reporting.contracts.queries import contracts_of
from services.reporting.figures import words
from services.reporting.figures.language import in_language
from services.reporting.figures.rendering import plain_in_unit, printed
from services.reporting.figures.web_figure import change_url
from services.reporting.quality import words as quality
from shared.auth.identity import identity
from shared.serviceunit.codes import label
from shared.web.requests import service


def init_app(app: Flask) -> None:
    """Give the templates the words for figures and codes."""
    app.jinja_env.globals.update(
        contract_titles=_contract_titles,
        label=lambda vocabulary, code: label(vocabulary, code, str(get_locale())),
        in_language=in_language,
        contract_url=_contract_url,
        instrument=lambda instrument_id: in_language(NAMES.get(instrument_id, {"en": instrument_id})),
        measure_name=words.measure_name,
        printed=printed,
        target_of=lambda measure: plain_in_unit(measure, measure.target),
        limb_words=words.limb_words,
        p_words=words.p_words,
        unit_words=words.UNITS,
        part_words=words.PARTS,
        part_name=words.part_name,
        standing_words=words.STANDINGS,
        outlook_words=words.OUTLOOKS,
        period_standing_words=words.PERIOD_STANDINGS,
        left_out_words=words.LEFT_OUT,
        change_words=words.CHANGES,
        service_words=words.SERVICES,
        entry_url=change_url,
        rule_words=quality.TITLES,
        meaning_words=quality.MEANINGS,
        owner_words=quality.OWNERS,
        band_words=quality.BANDS,
    )


def _contract_url(found: Any) -> str:
    """Where a contract is shown to the asker: of anything that knows its agency and its name there."""
    return f"/reporting/contracts/{name_for(identity(), (found.agency_id, found.contract_id))}"


def _contract_titles() -> dict[str, str]:
    """The contracts of the asker's agency by title, for the page of accounts."""
    who = identity()
    with service().database.read() as connection:
        found = contracts_of(connection, who.agency_id, limit=500)
    return {one["contract_id"]: in_language(one["title"]) for one in found}
