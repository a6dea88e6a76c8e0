"""The few statements by which the ledger changes; each runs once a batch, for all rows of its kind."""

from collections.abc import Mapping

from sqlalchemy import Table, Update, and_, bindparam, text, update

from services.reporting.tables import FOREVER, ledger


def _ends() -> Mapping[str, Update]:
    entry, occasion, identity, attribute = ledger.entry, ledger.occasion, ledger.identity, ledger.attribute
    name = and_(
        attribute.c.person_id == bindparam("of_id"),
        attribute.c.name == bindparam("of_name"),
        attribute.c.dead == FOREVER,
        # What this very event, or a later one of the batch, has written lives on.
        attribute.c.born < bindparam("position"),
    )
    return {
        "entry": _dies(entry, "entry_id"),
        "unit": _dies_of_contract(ledger.segment, "unit_id"),
        "occasion": _dies(occasion, "unit_id").where(occasion.c.agency_id == bindparam("of_agency")),
        "score": _dies_of_contract(ledger.score, "assessment_id"),
        "tally": _dies_of_contract(ledger.tally, "tally_id"),
        "attribute": update(attribute).where(name).values(dead=bindparam("position")),
        "identity": update(identity)
        .where(identity.c.edge_id == bindparam("of_id"), identity.c.dead == FOREVER)
        .values(
            dead=bindparam("position"),
            ended_at=bindparam("at"),
            ended_by=bindparam("by"),
            ended_event_id=bindparam("because_of"),
            ended_reason=bindparam("why"),
        ),
    }


def _dies(table: Table, own_id: str) -> Update:
    version = table.c.version == bindparam("of_version")
    return update(table).where(table.c[own_id] == bindparam("of_id"), version).values(dead=bindparam("position"))


def _dies_of_contract(table: Table, own_id: str) -> Update:
    agency = table.c.agency_id == bindparam("of_agency")
    return _dies(table, own_id).where(agency, table.c.contract_id == bindparam("of_contract"))


ENDS = _ends()
"""How rows die, by the name under which a batch collects them."""

TOUCH = text(
    "INSERT INTO touched (agency_id, contract_id, times) VALUES (:agency_id, :contract_id, 1)"
    " ON CONFLICT (agency_id, contract_id) DO UPDATE SET times = touched.times + 1"
)
