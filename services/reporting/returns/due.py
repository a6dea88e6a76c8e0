"""The files of a month that is over: each is written once, and never again."""

import os
from collections.abc import Iterator
from pathlib import Path

from flask_babel import force_locale

from services.reporting.contracts.queries import contracts_of
from services.reporting.exports.documents import document_of
from services.reporting.exports.rendering import file_name as report_name
from services.reporting.exports.rendering import render
from services.reporting.exports.words import Language
from services.reporting.figures.reports import Asked
from services.reporting.indicators.definition import Period
from services.reporting.returns.files import FORMATS, file_name, month_name, return_file
from services.reporting.returns.queries import return_of
from shared.errors import NotFound
from shared.service import Service

REPORT_FORMATS = ("xlsx", "pdf", "csv")
_LOCALES = {"zh-Hant": "zh_Hant_HK", "en": "en"}
_MOST = 10_000


def write_due(service: Service, agency_id: str, month: Period, directory: Path, language: Language) -> Iterator[Path]:
    """Write what is due for a month and not there yet; each path as it was written.

    The monthly return is of what is known now. Reports are as known at the end of the month's last day: they are the
    same whenever they are made. Needs the context of an app, for its catalogues of words.
    """
    into = directory / agency_id / month_name(month)
    with force_locale(_LOCALES[language]):
        yield from _returns(service, agency_id, month, into)
        yield from _reports(service, agency_id, month, into, language)


def _returns(service: Service, agency_id: str, month: Period, into: Path) -> Iterator[Path]:
    missing = [one for one in FORMATS if not (into / file_name(month, one)).exists()]
    if missing:
        teams = [team.team_id for team in service.accounts.list_teams(agency_id)]
        lines = return_of(service, agency_id, teams, month)
        for one in missing:
            yield _write(into / file_name(month, one), return_file(lines, one, month))


def _reports(service: Service, agency_id: str, month: Period, into: Path, language: Language) -> Iterator[Path]:
    asked = Asked(as_of=month.last)
    with service.database.read() as connection:
        contracts = contracts_of(connection, agency_id, limit=_MOST)
    for one in contracts:
        runs = one["period"]["from"] <= month.last and one["period"]["to"] >= month.first
        named = {"contract": one["contract_id"], "as_of": month.last.isoformat()}
        missing = [kind for kind in REPORT_FORMATS if not (into / report_name(named, kind, language)).exists()]
        if runs and missing:
            try:
                document = document_of(service, agency_id, one["contract_id"], asked)
            except NotFound:
                continue  # It was registered after the month: there is no report of it as known then.
            for kind in missing:
                yield _write(into / report_name(named, kind, language), render(document, kind, language))


def _write(path: Path, content: bytes) -> Path:
    """Write a file whole or not at all: one that is there is complete."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{os.getpid()}")
    half.write_bytes(content)
    half.replace(path)
    return path
