"""What all pages of this service share: labels of codes in the language of the page, names of colleagues and contracts.

Names of people appear on the pages of this service alone.
"""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from flask import Flask
from flask_babel import get_locale

from services.case import codes as own
from services.case.assessments.instruments import INSTRUMENTS, PHQ9_BANDS
from services.case.people import queries as people
from services.case.people.handlers import note_looks
from shared.auth.identity import Identity
from shared.auth.roles import RECORDERS
from shared.serviceunit import codes
from shared.serviceunit.learnt.queries import contracts
from shared.serviceunit.shown import contract_title
from shared.web.requests import service

PHASES: codes.Labels = {"pre": ("Before", "前測"), "post": ("After", "後測")}
VOCABULARIES: Mapping[str, codes.Labels] = {
    **codes.VOCABULARIES,
    "district": own.DISTRICTS,
    "relationship": own.RELATIONSHIPS,
    "case_kind": own.CASE_KINDS,
    "case_stage": own.CASE_STAGES,
    "closing_reason": own.CLOSING_REASONS,
    "erasure_reason": own.ERASURE_REASONS,
    "instrument": {one.instrument_id: one.title for one in INSTRUMENTS.values()},
    "phase": PHASES,
    "severity": {band.code: band.label for band in PHQ9_BANDS},
    "task_decision": own.TASK_DECISIONS,
    "report_body": own.REPORT_BODIES,
    "withdrawal": own.WITHDRAWALS,
    "timeline_kind": own.TIMELINE_KINDS,
}


def init_app(app: Flask) -> None:
    """Give the templates the labels."""
    app.context_processor(lambda: {"label": label, "options": options})


def label(vocabulary: str, code: str | None) -> str:
    """The label of a code in the language of the page; an unknown code stands for itself."""
    if code is None:
        return ""
    english, chinese = VOCABULARIES[vocabulary].get(code, (code, code))
    return chinese if is_chinese() else english


def options(vocabulary: str, chosen: Collection[str] | None = None) -> list[tuple[str, str]]:
    """Codes with their labels, for a field to choose from."""
    return [(code, label(vocabulary, code)) for code in chosen or VOCABULARIES[vocabulary]]


def is_chinese() -> bool:
    return str(get_locale()).startswith("zh")


def names_of(who: Identity, person_ids: Collection[str], place: str) -> dict[str, str]:
    """How each of these people is called on a page; the looks are written down."""
    wanted = set(person_ids)
    with service().database.read() as connection:
        found = people.registry(connection, who.agency_id, wanted)
    note_looks(service(), who, list(found), place)
    return {one: found[one]["label"] if one in found else f"…{one[-6:]}" for one in wanted}


def colleagues(who: Identity) -> dict[str, str]:
    """The names of all accounts of the agency."""
    return {one.account_id: one.display_name for one in service().accounts.list_accounts(who.agency_id)}


def workers(who: Identity) -> list[tuple[str, str]]:
    """Colleagues whom this person works with, for a field to choose from."""
    return [
        (one.account_id, one.display_name)
        for one in service().accounts.list_accounts(who.agency_id)
        if one.role in RECORDERS and not one.disabled and _works_with(who, one.team_ids)
    ]


def _works_with(who: Identity, team_ids: Collection[str]) -> bool:
    return who.role == "agency_admin" or not team_ids or bool(who.team_ids.intersection(team_ids))


def teams(who: Identity) -> dict[str, str]:
    """The names of all teams of the agency."""
    return {one.team_id: one.name for one in service().accounts.list_teams(who.agency_id)}


def own_teams(who: Identity) -> list[tuple[str, str]]:
    """The teams this person works for."""
    return [(team_id, name) for team_id, name in teams(who).items() if who.sees_team(team_id)]


def contract_titles(who: Identity, running_on: date | None = None) -> dict[str, str]:
    """The titles of the agency's contracts (those that run on a day) in the language of the page, the latest first."""
    with service().database.read() as connection:
        known = contracts(connection, who.agency_id)
    return {
        one["contract_id"]: contract_title(one)
        for one in known
        if running_on is None or one["first_day"] <= running_on <= one["last_day"]
    }


def contract_names(who: Identity) -> dict[str, list[str]]:
    """Under what the agency's contracts are known, by id: the id, and the titles in every language."""
    with service().database.read() as connection:
        known = contracts(connection, who.agency_id)
    return {one["contract_id"]: [one["contract_id"], *_titles(one["title"])] for one in known}


def _titles(title: Any) -> list[str]:
    return [str(one) for one in (title.values() if isinstance(title, dict) else [title]) if one]


def filled(form: Mapping[str, str], *names: str) -> dict[str, str]:
    """Those fields of a form that are filled in."""
    return {name: form[name].strip() for name in names if form.get(name, "").strip()}
