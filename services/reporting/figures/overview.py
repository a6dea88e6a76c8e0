"""A contract's report prepared for a page: every measure with its word, its pace and its address."""

from datetime import date
from fractions import Fraction
from typing import Any

from services.reporting.contracts.queries import ContractAt
from services.reporting.figures.rendering import plain_in_unit
from services.reporting.figures.reports import NOW, Asked, contract_with_report
from services.reporting.indicators.indicators import share
from services.reporting.indicators.pace import expected, required_a_month, standing
from services.reporting.indicators.rounding import half_up
from shared.clock import local_date
from shared.service import Service

Values = dict[str, Any]


def overview(service: Service, agency_id: str, contract_id: str, asked: Asked = NOW) -> Values:
    """The report of a contract, grouped by indicator, with the definition it was counted by."""
    found, report = contract_with_report(service, agency_id, contract_id, asked)
    today = asked.as_of or local_date(service.clock.now())
    figures = {(one["indicator"], one["measure"]): one for one in report["outputs"]}
    outputs = [
        {
            "output": output,
            "measures": [_line(found, measure, figures[output.id, measure.id], today) for measure in output.measures],
        }
        for output in found.definition.outputs
    ]
    months = [date.fromisoformat(one) for one in report["by_month"]["months"]]
    return {
        **report,
        "found": found,
        "groups": outputs,
        "ended": today > found.definition.period.last,
        # Months to come have brought nothing yet.
        "months": [one for one in months if one <= today],
        "all_months": len(months),
    }


def _exact(figure: Values) -> Fraction | None:
    """The value that was printed, without its rounding."""
    if "share" in figure:
        return share(Fraction(str(figure["share"]["k"])), Fraction(str(figure["share"]["n"])))
    return Fraction(figure["minutes"], 60) if "minutes" in figure else Fraction(str(figure["actual"]))


def _line(found: ContractAt, measure: Any, figure: Values, today: date) -> Values:
    period = found.definition.period
    due = expected(measure, period, today)
    # What an even pace would have reached is no count: one decimal is enough of it.
    pace = None if due is None else plain_in_unit(measure, Fraction(half_up(due, 3 if measure.kind == "share" else 1)))
    required = required_a_month(measure, _exact(figure), period, today)
    return {
        "measure": measure,
        "figure": figure,
        "standing": standing(measure, _exact(figure), period, today),
        "expected": pace if today <= period.last else None,
        "required": None if required is None else plain_in_unit(measure, Fraction(half_up(required, 1))),
        "url": f"/reporting/contracts/{found.contract_id}/figures/{figure['indicator']}/{figure['measure']}",
    }
