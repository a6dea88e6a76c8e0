"""The research appendix of a contract's outcomes as JSON values, at a cut like every report."""

from typing import Any

from services.reporting.contracts.instruments import SCALES
from services.reporting.contracts.queries import contract_at
from services.reporting.figures.rendering import outcome_values, share
from services.reporting.figures.reports import NOW, Asked, heading
from services.reporting.indicators.definition import Definition, Outcome
from services.reporting.indicators.ranks import SignedRank
from services.reporting.indicators.report import Count, count_outcome
from services.reporting.indicators.research import Appendix, Rule, Scale, appendix
from services.reporting.ledger.cuts import cut_asked
from services.reporting.ledger.queries import facts_at
from shared.clock import local_date
from shared.service import Service

Values = dict[str, Any]


def research_view(service: Service, agency_id: str, contract_id: str, asked: Asked = NOW) -> Values:
    """Every outcome of a contract with what research asks of it; `appendix` is None for one without pre-tests."""
    with service.database.read() as connection:
        cut = cut_asked(connection, local_date(service.clock.now()), cut=asked.cut, as_of=asked.as_of)
        found = contract_at(service.store, connection, agency_id, contract_id, cut["reporting"])
        facts = facts_at(connection, agency_id, contract_id, cut)
    definition = found.definition
    served = Count(definition, facts).served_by_output()
    outcomes = []
    for outcome in definition.outcomes:
        figure, scale = count_outcome(definition, outcome, facts, served), SCALES.get(outcome.instrument)
        beside = appendix(figure, definition.period, facts, scale)
        values = outcome_values(figure)
        about = {"population": _population(definition, outcome), "min_days": outcome.min_days}
        outcomes.append({**values, **about, "appendix": _values(beside, scale) if beside else None})
    return {**heading(found, cut), "outcomes": outcomes}


def _population(definition: Definition, outcome: Outcome) -> list[Values]:
    """The output indicators whose people an outcome is about."""
    outputs = (definition.output(output_id) for output_id in outcome.population)
    return [{"indicator": one.id, "title": dict(one.title)} for one in outputs if one is not None]


def _values(beside: Appendix, scale: Scale | None) -> Values:
    extremes, funnel = beside.extremes, beside.funnel
    return {
        "funnel": {name: getattr(funnel, name) for name in funnel.__slots__},
        "rules": [_rule(one, scale) for one in beside.rules],
        "hedges_g": beside.hedges,
        "wilcoxon": _ranks(beside.ranks) if beside.ranks else None,
        "scale": {"lowest": scale.lowest, "highest": scale.highest} if scale else None,
        "extremes": {name: getattr(extremes, name) for name in extremes.__slots__} if extremes else None,
        "guards": list(beside.guards),
    }


def _rule(rule: Rule, scale: Scale | None) -> Values:
    return {
        "rule": rule.name,
        "points": scale.points if scale and rule.name == "points" else None,
        "of_pairs": share(rule.improved, rule.n),
        "of_served": share(rule.improved, rule.served),
        "passes": rule.passes,
        "passes_of_served": rule.passes_of_served,
    }


def _ranks(ranks: SignedRank) -> Values:
    return {
        "n": ranks.n,
        "zeros": ranks.zeros,
        "tied": ranks.tied,
        "w_plus": float(ranks.plus),
        "w_minus": float(ranks.minus),
        "z": ranks.z,
        "p": ranks.p,
        "exact": ranks.exact,
        "sign_p": ranks.sign_p,
    }
