"""What case and reporting publish is understood here: each stored sample of theirs that groups reads is learnt."""

import json
from pathlib import Path

from sqlalchemy import select

from services.groups.tables import known_code, known_contract, known_person
from shared.service import Service
from tests.contract.groups.conftest import Others

SAMPLES = Path(__file__).parents[1] / "events"
# In this order they make a life: registered, coded, merged, un-merged, erased.
READ = {
    "case": (
        "PersonRegistered",
        "PersonRoleGiven",
        "PersonRoleEnded",
        "TargetGroupGiven",
        "TargetGroupEnded",
        "PersonMergedInto",
        "PersonUnmerged",
        "PersonErased",
    ),
    "reporting": ("ContractRegistered", "ContractRevised"),
}


def test_stored_samples_of_other_services_are_learnt(service: Service, others: Others) -> None:
    for source, names in READ.items():
        for name in names:
            path = SAMPLES / source / f"{name}.v1.json"
            if path.exists():
                others.publish(source, name, f"{source}-stream", **json.loads(path.read_text(encoding="utf-8")))
    with service.database.read() as connection:
        parked = connection.exec_driver_sql("SELECT count(*) FROM parked").scalar()
    assert parked == 0


def test_what_is_learnt_of_a_person_follows_the_story(service: Service, others: Others) -> None:
    person = others.person("person-1", hidden="2026-01-01")
    others.publish("case", "PersonRoleGiven", person, person_id=person, role="drug_user", from_date="2026-01-01")
    others.publish("case", "PersonRoleEnded", person, person_id=person, role="drug_user", to_date="2026-02-01")
    others.publish("case", "PersonRoleGiven", person, person_id=person, role="drug_user", from_date="2026-03-01")
    others.publish("case", "PersonMergedInto", person, person_id=person, into="person-2", merge_id="merge-1")
    with service.database.read() as connection:
        assert connection.scalar(select(known_person.c.merged_into)) == "person-2"
        codes = connection.execute(select(known_code.c.code, known_code.c.to_date).order_by(known_code.c.from_date))
        assert [(row.code, row.to_date is None) for row in codes if row.code == "drug_user"] == [
            ("drug_user", False),
            ("drug_user", True),
        ]
    others.publish("case", "PersonUnmerged", person, person_id=person, from_person="person-2", merge_id="merge-1")
    others.publish("case", "PersonErased", person, person_id=person, reason="asked")
    with service.database.read() as connection:
        row = connection.execute(select(known_person)).one()
        assert (row.merged_into, row.erased) == (None, True)
        assert connection.execute(select(known_code)).all() == []


def test_a_revised_contract_has_its_new_period(service: Service, others: Others) -> None:
    others.contract("kachi-2")
    period = {"from": "2026-01-01", "to": "2027-12-31"}
    revised = {"contract_id": "kachi-2", "version": 2, "period": period, "title": {"en": "K"}, "document": {}}
    others.publish("reporting", "ContractRevised", "contract-agency-one-kachi-2", **revised)
    with service.database.read() as connection:
        (row,) = connection.execute(select(known_contract)).all()
    assert (row.last_day.isoformat(), row.title) == ("2027-12-31", {"en": "K"})
