"""No statement that a command runs goes through everything an agency has: SQLite finds what is named by an index."""

import sys
from collections.abc import Iterator
from types import ModuleType

import pytest
from sqlalchemy import Select, create_engine

import services.case.app
import services.groups.app
import services.outreach.app
import services.reporting.app
from shared.prepared import Prepared

SERVICES = (services.case, services.groups, services.outreach, services.reporting)
OF_FEW = "known_person_merged"
"""The index that holds only the few of an agency who were merged."""


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.__name__.rpartition(".")[2])
def test_nothing_is_looked_for_by_its_agency_alone(service: ModuleType) -> None:
    engine = create_engine("sqlite://")
    service.tables.metadata.create_all(engine)
    with engine.connect() as connection:
        cursor = connection.connection.cursor()
        for name, statement in statements(service.__name__):
            text = str(statement.compile(dialect=connection.dialect))
            plan = cursor.execute(f"EXPLAIN QUERY PLAN {text}", [None] * text.count("?")).fetchall()
            by_agency = [step for *_, step in plan if step.endswith("(agency_id=?)") and OF_FEW not in step]
            assert not by_agency, f"{name}: {by_agency}"


def statements(service: str) -> Iterator[tuple[str, Select[tuple[object, ...]]]]:
    """The prepared queries of a service's own modules, and of what it has learnt of others."""
    for name, module in sorted(sys.modules.items()):
        learns = service in ("services.groups", "services.outreach") and name == "shared.serviceunit.learnt.queries"
        if name.startswith(f"{service}.") or learns:
            for own_name, one in vars(module).items():
                if isinstance(one, Prepared) and isinstance(one.statement, Select):
                    yield f"{name}.{own_name}", one.statement
