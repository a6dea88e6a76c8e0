"""The pages on which a contract is written in steps, for people who do not program; they work without JavaScript."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import yaml
from flask import Blueprint, render_template, request
from flask_babel import get_locale

from services.reporting.builder import drafts, steps, words
from services.reporting.builder.drafts import Draft
from services.reporting.builder.fields import values_of
from services.reporting.builder.trial import alone, tried
from services.reporting.contracts import handlers
from services.reporting.contracts.document import definition_of
from services.reporting.contracts.instruments import NAMES
from services.reporting.contracts.queries import contract_at, contracts_of
from services.reporting.contracts.reading import Reader
from services.reporting.contracts.rhythm import NOWHERE, read_period, read_rhythm
from services.reporting.contracts.yamltext import as_json, load
from services.reporting.figures.compared import draft_beside
from services.reporting.figures.language import in_language
from services.reporting.figures.words import CASES, KINDS, measure_name
from services.reporting.indicators.compare import Compared
from services.reporting.indicators.definition import UNITS, Rhythm
from services.reporting.indicators.periods import spans_of
from services.reporting.submissions.effects import effects_of_definition
from services.reporting.submissions.views import effect_values
from shared.auth.identity import Identity, identity, requires
from shared.auth.roles import LEADERS
from shared.errors import CaseledgerError, FieldError, Invalid, NotFound, StaleVersion
from shared.serviceunit.codes import VOCABULARIES, label
from shared.web.requests import command_meta, see_other, service

bp = Blueprint("builder", __name__, url_prefix="/contracts/drafts")

Page = Any
Document = dict[str, Any]


@bp.post("")
@requires(*LEADERS)
def begin() -> Page:
    """Begin to write a contract: an empty one, a copy of another, or the next version of one that is in force."""
    who, revised = identity(), request.form.get("contract_id")
    source_id = revised or request.form.get("copy_of")
    with service().database.read() as connection:
        known = [one["contract_id"] for one in contracts_of(connection, who.agency_id)]
        source = contract_at(service().store, connection, who.agency_id, source_id) if source_id else None
        begun = drafts.drafts_of(connection, who) if revised else []
    for one in begun:
        if one.contract_id == revised:
            return see_other(_url(one.draft_id, "parties"))
    document = dict(source.state.document) if source else {}
    if source and not revised:
        document = {name: value for name, value in document.items() if name not in ("contract", "period")}
    tried_on = source_id or next(iter(known), None)
    based_on = source.stream_version if source and revised else None
    draft_id = drafts.start(service(), who, document, contract_id=revised or None, based_on=based_on, tried_on=tried_on)
    return see_other(_url(draft_id, "parties"))


@bp.route("/<draft_id>/<step>", methods=["GET", "POST"])
@bp.route("/<draft_id>/<step>/<int:place>", methods=["GET", "POST"])
@requires(*LEADERS)
def write(draft_id: str, step: str, place: int | None = None) -> Page:
    """One step of a contract that one is writing; what is sent is kept, also when something in it is wrong."""
    who, draft = identity(), _draft(draft_id)
    _require_step(draft, step, place)
    if request.method == "GET":
        return _page(who, draft, step, place)
    try:
        document = _sent(draft, step, place)
    except CaseledgerError as error:
        return _page(who, draft, step, place, error), error.status
    try:
        drafts.keep(service(), who, _as_seen(draft), document, request.form.get("tried_on"))
    except StaleVersion as error:
        return _page(who, replace(draft, document=document), step, place, error), error.status
    saved, what = _draft(draft_id), request.form.get("do", "")
    fault = _faults(saved.document, step, place, missing=what == "") if what in ("", "stay") else None
    if what == "stay" or fault is not None:
        return _page(who, saved, step, place, fault), 200 if fault is None else 422
    return see_other(_next(saved, step, place, what))


@bp.post("/<draft_id>/publish")
@requires(*LEADERS)
def publish(draft_id: str) -> Page:
    """Register the contract, or make the new version of it; the draft is done then."""
    who, draft = identity(), _draft(draft_id)
    try:
        if draft.contract_id is None:
            outcome = handlers.register_contract(service(), command_meta(), draft.document)
        else:
            based_on = draft.based_on or 0
            outcome = handlers.revise_contract(service(), command_meta(), draft.contract_id, draft.document, based_on)
    except CaseledgerError as error:
        return _page(who, draft, "review", None, error), error.status
    drafts.discard(service(), who, draft_id)
    return see_other(f"/reporting/contracts/{outcome.events[0].event.contract_id}", outcome)


@bp.post("/<draft_id>/discard")
@requires(*LEADERS)
def throw_away(draft_id: str) -> Page:
    """Throw a draft away; the contract in force stays as it is."""
    drafts.discard(service(), identity(), _draft(draft_id).draft_id)
    return see_other("/reporting/contracts")


def _draft(draft_id: str) -> Draft:
    with service().database.read() as connection:
        return drafts.draft_of(connection, identity(), draft_id)


def _require_step(draft: Draft, step: str, place: int | None) -> None:
    known = step in steps.STEPS
    if place is not None:
        known = step in steps.LISTS and place < len(steps.items(draft.document, step))
    if not known:
        raise NotFound("page_not_found", "There is no such page.")


def _as_seen(draft: Draft) -> Draft:
    """The draft, if it still is what the form was made of."""
    seen = request.form.get("version")
    if seen is not None and seen != str(draft.version):
        raise StaleVersion(draft.draft_id, draft.version)
    return draft


def _sent(draft: Draft, step: str, place: int | None) -> Document:
    """The document after what was sent, with what was asked to be added or taken away."""
    if step == "yaml":
        document = as_json(load(request.form.get("yaml", "")))
        if not isinstance(document, dict):
            raise Invalid("not_a_mapping", "Write named fields here: %(known)s.", field="yaml", known="contract, title")
        return document
    form = {name: request.form.getlist(name) for name in request.form}
    document = steps.saved(draft.document, step, place, form)
    verb, _, what = request.form.get("do", "").partition(":")
    if verb == "add":
        return steps.added(document, what, request.form.get(f"kind:{what}", ""))
    return steps.removed(document, what) if verb == "remove" else document


def _next(draft: Draft, step: str, place: int | None, what: str) -> str:
    """Where to go after saving: on, or to what was added."""
    verb, _, target = what.partition(":")
    if verb == "add" and target in steps.LISTS:
        return _url(draft.draft_id, target, len(steps.items(draft.document, target)) - 1)
    if verb in ("add", "remove"):
        return _url(draft.draft_id, step, place) + (f"#{target}" if verb == "add" else "")
    if place is not None:
        return _url(draft.draft_id, step)
    return _url(draft.draft_id, steps.STEPS[min(steps.STEPS.index(step) + 1, len(steps.STEPS) - 2)])


def _url(draft_id: str, step: str, place: int | None = None) -> str:
    at = "" if place is None else f"/{place}"
    return f"/reporting/contracts/drafts/{draft_id}/{step}{at}"


def _faults(document: Document, step: str, place: int | None, *, missing: bool = True) -> Invalid | None:
    """What is wrong on this page; what is not filled in yet only where it is asked for."""
    here = [
        one
        for one in all_faults(document)
        if words.step_of(one.path) == (step, place) and (missing or one.code not in _NOT_YET)
    ]
    return Invalid.of(here) if here else None


_NOT_YET = ("missing", "empty_list", "measure_missing")


def all_faults(document: Document) -> list[FieldError]:
    """Everything that keeps a document from being put in force."""
    try:
        definition_of(document)
    except Invalid as error:
        return [_plainer(one) for one in error.fields]
    return []


def _plainer(fault: FieldError) -> FieldError:
    if fault.code not in _NOT_YET:
        return fault
    return FieldError(fault.path, fault.code, "Please fill this in.")


def _page(who: Identity, draft: Draft, step: str, place: int | None, error: CaseledgerError | None = None) -> str:
    document = draft.document
    values = values_of(document, steps.fields_of(document, step, place))
    name = step if place is None else step.removesuffix("s")
    return render_template(
        f"reporting/builder/{name}.html",
        draft=draft,
        document=document,
        step=step,
        place=place,
        error=error,
        values=values,
        url=lambda *at: _url(draft.draft_id, *at),
        items=lambda *path: steps.items(document, *path),
        figure_name=_figure_names(document),
        name_of=lambda name, at: words.item_name(document, name, at),
        builder_words=words,
        kinds=KINDS,
        case_words=CASES,
        units=UNITS,
        instruments=[(code, in_language(name)) for code, name in NAMES.items()],
        options_of=_options,
        **_beside(who, draft, step, place),
    )


def _figure_names(document: Document) -> Callable[[int, int], str]:
    """What a figure is called: as on the contract's page, or by what it counts while its indicator is not complete."""
    names = {}
    for place, output in enumerate(steps.items(document, "outputs")):
        definition = alone(document, place)
        for index, one in enumerate(steps.items(output, "measures")):
            whole = measure_name(definition.outputs[0].measures[index]) if definition else None
            names[place, index] = whole or str(KINDS.get(one.get("measure", ""), one.get("id") or "…"))
    return lambda place, index: names[place, index]


def _options(vocabulary: str) -> list[tuple[str, str]]:
    return [(code, label(vocabulary, code, str(get_locale()))) for code in VOCABULARIES[vocabulary]]


def _beside(who: Identity, draft: Draft, step: str, place: int | None) -> dict[str, Any]:
    """What single steps show beside their fields."""
    if step == "outputs" and place is not None:
        return _trial(who, draft, place)
    if step == "targets":
        return {"spans": _spans(draft.document)}
    if step == "yaml":
        given = request.form.get("yaml")
        return {"text": given if given is not None else _as_yaml(draft.document)}
    if step == "review":
        faults = all_faults(draft.document)
        return {
            "faults": [(one, words.field_words(draft.document, one.path), *words.step_of(one.path)) for one in faults],
            "changes": [] if faults else _changes(who, draft),
            "sent": [] if faults else _reports_moved(who, draft),
            "unchanged": _in_force(who, draft) == draft.document,
        }
    return {}


def _trial(who: Identity, draft: Draft, place: int) -> dict[str, Any]:
    with service().database.read() as connection:
        known = contracts_of(connection, who.agency_id)
    on = next((one for one in known if one["contract_id"] == draft.tried_on), known[0] if known else None)
    found = tried(service(), who.agency_id, draft.document, place, on["contract_id"]) if on else None
    return {"tried": found, "tried_on": on, "contracts": known}


def _changes(who: Identity, draft: Draft) -> list[Compared]:
    """What a new version would change in the figures of now."""
    if draft.contract_id is None:
        return []
    found = draft_beside(service(), who.agency_id, draft.contract_id, definition_of(draft.document))
    return [one for one in found if not one.same]


def _reports_moved(who: Identity, draft: Draft) -> list[dict[str, Any]]:
    """What a new version would change in the reports that were sent."""
    if draft.contract_id is None:
        return []
    definition = definition_of(draft.document)
    return [
        effect_values(one) for one in effects_of_definition(service(), who.agency_id, draft.contract_id, definition)
    ]


def _in_force(who: Identity, draft: Draft) -> Any:
    """The document that the draft would replace; None of a new contract."""
    if draft.contract_id is None:
        return None
    with service().database.read() as connection:
        return contract_at(service().store, connection, who.agency_id, draft.contract_id).state.document


def _spans(document: Document) -> dict[str, Any]:
    """The years and the reporting periods for which targets may be set, as far as the period is known."""
    read = Reader()
    period = read_period(read, document.get("period"), "period")
    rhythm = read_rhythm(read, document.get("reporting_periods"), period)
    if period == NOWHERE or read.errors:
        return {"by_year": (), "by_period": ()}
    return {"by_year": spans_of(period, Rhythm(every="year")), "by_period": spans_of(period, rhythm)}


def _as_yaml(document: Document) -> str:
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=110)
