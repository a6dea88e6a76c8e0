"""The pages of audits: what was drawn of a contract, and one sample with what was found of each item."""

from typing import Any

from flask import Blueprint, Response, render_template, request
from flask_babel import get_locale

from services.reporting.audits import handlers
from services.reporting.audits.domain import REASONS, RESULTS
from services.reporting.audits.queries import SampleAt, drawn_of, is_drawn_again, sample_at
from services.reporting.audits.schemas import CheckSchema, ExtractSchema, SampleSchema
from services.reporting.audits.views import drawn_values, extract_file, extract_notes, sample_file, sample_values
from services.reporting.contracts.queries import ContractAt, contract_at
from services.reporting.figures.access import sees_scores
from services.reporting.figures.chosen import paged
from services.reporting.figures.language import in_language
from services.reporting.figures.who import account_names
from services.reporting.figures.words import measure_name
from shared.auth.identity import identity, requires
from shared.auth.roles import LEADERS
from shared.errors import CaseledgerError
from shared.serviceunit.codes import Labels
from shared.web.field_messages import load
from shared.web.names import names_of
from shared.web.requests import command_meta, expected_version, see_other, seen, service

bp = Blueprint("audits", __name__, url_prefix="/contracts")

Page = Any
PAGE = 50


@bp.get("/<contract_id>/audit")
@requires(*LEADERS)
def show(contract_id: str) -> Page:
    """What was drawn of a contract, and the forms to draw anew."""
    return _page(contract_id)


@bp.post("/<contract_id>/samples")
@requires(*LEADERS)
def draw(contract_id: str) -> Page:
    """Draw a sample of one figure."""
    indicator, _, measure = request.form.get("figure", "").partition("/")
    given = {name: request.form[name] for name in ("of", "size", "seed", "cut") if request.form.get(name)}
    try:
        asked = load(SampleSchema(), {"indicator": indicator, "measure": measure, **given})
        outcome = handlers.draw_sample(service(), command_meta(), contract_id, asked)
    except CaseledgerError as error:
        return _page(contract_id, error), error.status
    return see_other(f"{_address(contract_id)}/samples/{outcome.events[-1].event.sample_id}", outcome)


@bp.post("/<contract_id>/extracts")
@requires(*LEADERS)
def extract(contract_id: str) -> Page:
    """Take an extract away; that it was drawn is written down."""
    try:
        asked = load(ExtractSchema(), {"format": request.form.get("format", "csv")})
        made = handlers.draw_extract(service(), command_meta(), contract_id, asked["format"], sees_scores(identity()))
    except CaseledgerError as error:
        return _page(contract_id, error), error.status
    seen(made.outcome)
    return extract_file(made, contract_id, asked["format"], service().clock.now())


@bp.get("/<contract_id>/samples/<sample_id>")
@requires(*LEADERS)
def show_sample(contract_id: str, sample_id: str) -> Page:
    """One sample, item by item."""
    return _sample_page(contract_id, sample_id)


@bp.get("/<contract_id>/samples/<sample_id>/sample.csv")
@requires(*LEADERS)
def take_sample(contract_id: str, sample_id: str) -> Response:
    """The same as CSV by codes"""
    return sample_file(sample_values(service(), identity().agency_id, _found(contract_id, sample_id)))


@bp.post("/<contract_id>/samples/<sample_id>/items")
@requires(*LEADERS)
def check(contract_id: str, sample_id: str) -> Page:
    """Write down what was found of one item."""
    given = {name: request.form.get(name, "") for name in ("item", "result")}
    try:
        asked = load(CheckSchema(), {**given, "reason": request.form.get("reason") or None})
        outcome = handlers.check_item(service(), command_meta(), contract_id, sample_id, asked, expected_version())
    except CaseledgerError as error:
        return _sample_page(contract_id, sample_id, error), error.status
    back = request.form.get("page", "1")
    return see_other(f"{_address(contract_id)}/samples/{sample_id}?page={back if back.isdecimal() else 1}", outcome)


def _page(contract_id: str, error: CaseledgerError | None = None) -> str:
    who = identity()
    with service().database.read() as connection:
        found = contract_at(service().store, connection, who.agency_id, contract_id)
        samples, extracts = (
            [drawn_values(one) for one in drawn_of(service().store, connection, who.agency_id, contract_id, what)]
            for what in ("sample", "extract")
        )
    return render_template(
        "reporting/audit.html",
        found=found,
        samples=paged(samples, request.args.get("page"), PAGE),
        extracts=extracts[:PAGE],
        figures=_figures(found),
        notes=extract_notes(),
        accounts=account_names(who.agency_id),
        values=request.form,
        error=error,
    )


def _sample_page(contract_id: str, sample_id: str, error: CaseledgerError | None = None) -> str:
    who, found = identity(), _found(contract_id, sample_id)
    sample = sample_values(service(), who.agency_id, found)
    page = paged(sample["items"], request.values.get("page"), PAGE)
    with service().database.read() as connection:
        contract = contract_at(service().store, connection, who.agency_id, contract_id)
    return render_template(
        "reporting/sample.html",
        found=contract,
        sample=sample,
        page=page,
        figure=dict(_figures(contract)).get(f"{sample['indicator']}/{sample['measure']}", sample["measure"]),
        same_again=is_drawn_again(service(), who.agency_id, found.sample) if "again" in request.args else None,
        names=names_of([one["item"] for one in page.rows if one["item"].startswith("person-")]),
        accounts=account_names(who.agency_id),
        results=_options(RESULTS),
        reasons=_options(REASONS),
        typed=request.form if error else {},
        error=error,
    )


def _figures(found: ContractAt) -> list[tuple[str, str]]:
    """Every measure of the contract, by `indicator/measure`."""
    return [
        (f"{output.id}/{measure.id}", f"{in_language(output.title, output.id)} · {measure_name(measure)}")
        for output in found.definition.outputs
        for measure in output.measures
    ]


def _options(labels: Labels) -> list[tuple[str, str]]:
    place = 1 if str(get_locale()).startswith("zh") else 0
    return [(code, names[place]) for code, names in labels.items()]


def _found(contract_id: str, sample_id: str) -> SampleAt:
    with service().database.read() as connection:
        return sample_at(service().store, connection, identity().agency_id, contract_id, sample_id)


def _address(contract_id: str) -> str:
    return f"/reporting/contracts/{contract_id}"
