"""An overview as JSON values and as the rows of a file: for programs and spreadsheets."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from flask_babel import gettext, ngettext

from services.reporting.consolidated.domain import People, Row, Totals
from services.reporting.figures.brief import Line
from services.reporting.figures.language import in_language
from services.reporting.figures.words import KINDS, PERIOD_STANDINGS, STANDINGS, UNITS
from services.reporting.indicators.rounding import plain

Values = dict[str, Any]


def row_values(row: Row, name: str) -> Values:
    """One contract: what was sent of it or how it stands, each measure with its word, and what it comes to."""
    brief, sent = row.brief, row.sent
    return {
        "contract_id": name,
        "agency_id": row.agency_id,
        "title": row.title,
        "funder": row.funder,
        "period": {"from": row.period.first.isoformat(), "to": row.period.last.isoformat()},
        "as_of": row.day.isoformat(),
        "report": {"to": sent.last_day.isoformat(), "number": sent.number, "standing": sent.standing} if sent else None,
        "measures": [_line_values(row, one) for one in brief.lines] if brief else None,
        "outcomes": {"passed": brief.outcomes_passed, "of": brief.outcomes} if brief else None,
        "sums": _sums(brief.sums) if brief and brief.sums else None,
    }


def totals_values(totals: Totals) -> Values:
    """What all of them come to; `exact` is None where only two bounds are known."""
    return {
        "contracts": totals.contracts,
        "agencies": totals.agencies,
        "without_report": totals.unsent,
        "summed": totals.summed,
        "sessions": totals.sessions,
        "attendances": totals.attendances,
        "minutes": totals.minutes,
        "people": _people(totals.people),
        "practitioners": _people(totals.practitioners),
        "standings": totals.standings,
    }


def hours(minutes: int) -> int | float:
    """Whole minutes as hours, to print."""
    return plain(Fraction(minutes, 60))


def said_of_totals(totals: Totals) -> list[str]:
    """What the totals are and what they are not, in sentences."""
    said = [
        gettext("Sessions, attendances and hours are sums. A session shared by two contracts is in both of them."),
    ]
    if totals.people.is_exact:
        said.append(gettext("People are counted once, in however many of these contracts they appear."))
    elif totals.agencies > 1:
        said.append(
            gettext(
                "Agencies do not share who their people are, so nobody can say how many different people these are:"
                " at least as many as in the largest contract, at most all added up."
            )
        )
    else:
        said.append(
            gettext(
                "A submitted report holds no codes of people, so whoever is in several contracts cannot be told apart:"
                " there are at least as many people as in the largest contract, at most all added up."
            )
        )
    if totals.unsent:
        said.append(
            ngettext(
                "Of %(num)s contract no report has been submitted yet; it is in no sum.",
                "Of %(num)s contracts no report has been submitted yet; they are in no sum.",
                totals.unsent,
            )
        )
    older = totals.contracts - totals.unsent - totals.summed
    if older:
        said.append(
            ngettext(
                "The report of %(num)s contract was sealed before such sums were; it is in no sum.",
                "The reports of %(num)s contracts were sealed before such sums were; they are in no sum.",
                older,
            )
        )
    return said


COLUMNS = ("contract", "agency", "funder", "from", "to", "as_of", "report", "indicator", "measure", "kind")
FIGURES = ("actual", "target", "unit", "standing")


def measure_rows(rows: Iterable[tuple[Row, str, str]]) -> Iterable[tuple[object, ...]]:
    """A row for each measure of each contract, which comes with its name and its agency's; numbers as numbers."""
    for row, name, agency in rows:
        place = (name, agency, in_language(row.funder), row.period.first.isoformat(), row.period.last.isoformat())
        report = str(PERIOD_STANDINGS[row.sent.standing]) if row.sent else ""
        for one in row.brief.lines if row.brief else ():
            word = str(STANDINGS[one.standing(row.period, row.day)])
            figure = (one.actual, one.target, str(UNITS[one.unit]), word)
            yield (*place, row.day.isoformat(), report, *_names(one), one.kind, *figure)


def contract_rows(rows: Iterable[tuple[Row, str, str]]) -> Iterable[tuple[object, ...]]:
    """A row for each contract: what it comes to, and how many measures stand where."""
    for row, _, agency in rows:
        title = in_language(row.title, row.contract_id)
        words = ", ".join(f"{STANDINGS[word]} {count}" for word, count in row.standings.items())
        sums = row.brief.sums if row.brief else None
        numbers: Sequence[object] = (
            (sums.people, sums.practitioners, sums.sessions, sums.attendances, hours(sums.minutes))
            if sums
            else (None,) * 5
        )
        days = (row.period.first.isoformat(), row.period.last.isoformat(), row.day.isoformat() if row.brief else None)
        yield (title, agency, in_language(row.funder), *days, words or None, *numbers)


def _names(line: Line) -> tuple[str, str]:
    own = in_language(line.title) or str(KINDS.get(line.kind, line.measure))
    return in_language(line.indicator_title, line.indicator), own


def _line_values(row: Row, line: Line) -> Values:
    return {
        "indicator": line.indicator,
        "measure": line.measure,
        "indicator_title": line.indicator_title,
        "title": line.title,
        "kind": line.kind,
        "unit": line.unit,
        "actual": line.actual,
        "target": line.target,
        "standing": line.standing(row.period, row.day),
    }


def _sums(sums: Any) -> Values:
    return {name: getattr(sums, name) for name in ("people", "practitioners", "sessions", "attendances", "minutes")}


def _people(people: People) -> Values:
    return {"exact": people.most if people.is_exact else None, "at_least": people.least, "at_most": people.most}
