"""The facts in the life of a contract. The document is public to the funder; evidence of a deliverable is sealed."""

from datetime import date
from typing import Any

from shared.events import Sealed, event


@event("ContractRegistered")
class ContractRegistered:
    """The first version of a contract; `contract_id` is its short name inside the agency."""

    contract_id: str
    version: int
    document: dict[str, Any]
    title: dict[str, str]
    period: dict[str, str]


@event("ContractRevised")
class ContractRevised:
    """A changed definition; what was counted by an earlier version can still be counted by it."""

    contract_id: str
    version: int
    document: dict[str, Any]
    title: dict[str, str]
    period: dict[str, str]


@event("DeliverableDone", subject="evidence_subject")
class DeliverableDone:
    """A deliverable was handed over on this day."""

    contract_id: str
    deliverable_id: str
    done_on: date
    evidence_subject: str
    evidence: Sealed[str | None] = None


@event("DeliverableReopened")
class DeliverableReopened:
    """It is not done after all."""

    contract_id: str
    deliverable_id: str


ContractEvent = ContractRegistered | ContractRevised | DeliverableDone | DeliverableReopened
EVENTS: tuple[type, ...] = (ContractRegistered, ContractRevised, DeliverableDone, DeliverableReopened)
