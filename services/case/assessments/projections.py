"""The read tables of assessments and tallies, written in the transaction of the events and again at every rebuild."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, insert, update

from services.case.assessments.events import (
    AssessmentCorrected,
    AssessmentRecorded,
    AssessmentVoided,
    QuestionnaireTallied,
    QuestionnaireTallyCorrected,
    QuestionnaireTallyVoided,
)
from services.case.tables import assessment, tally
from shared.eventstore import Pending

_SHOWN = (
    "team_id",
    "person_id",
    "case_id",
    "contract_id",
    "unit_id",
    "instrument",
    "instrument_version",
    "language",
    "phase",
    "assessed_on",
    "total",
    "risk",
)
_TALLIED = ("team_id", "contract_id", "unit_id", "instrument", "instrument_version", "assessed_on")


def project(connection: Connection, pending: Sequence[Pending]) -> None:
    for one in pending:
        _project(connection, one)


def _project(connection: Connection, one: Pending) -> None:
    match one.event:
        case AssessmentRecorded() as event:
            row = {"assessment_id": event.assessment_id, "agency_id": one.agency_id, "voided": False}
            connection.execute(insert(assessment), row | _assessed(event, one.version))
        case AssessmentCorrected() as event:
            of_entry = update(assessment).where(assessment.c.assessment_id == event.assessment_id)
            connection.execute(of_entry.values(**_assessed(event, one.version)))
        case AssessmentVoided(assessment_id=assessment_id):
            of_entry = update(assessment).where(assessment.c.assessment_id == assessment_id)
            connection.execute(of_entry.values(voided=True, version=one.version))
        case QuestionnaireTallied() as event:
            row = {"tally_id": event.tally_id, "agency_id": one.agency_id, "voided": False}
            connection.execute(insert(tally), row | _counted(event, one.version))
        case QuestionnaireTallyCorrected() as event:
            of_tally = update(tally).where(tally.c.tally_id == event.tally_id)
            connection.execute(of_tally.values(**_counted(event, one.version)))
        case QuestionnaireTallyVoided(tally_id=tally_id):
            of_tally = update(tally).where(tally.c.tally_id == tally_id)
            connection.execute(of_tally.values(voided=True, version=one.version))
        case _:
            pass


def _assessed(event: AssessmentRecorded | AssessmentCorrected, version: int) -> dict[str, Any]:
    return {name: getattr(event, name) for name in _SHOWN} | {"version": version}


def _counted(event: QuestionnaireTallied | QuestionnaireTallyCorrected, version: int) -> dict[str, Any]:
    return {name: getattr(event, name) for name in _TALLIED} | event.totals | {"version": version}
