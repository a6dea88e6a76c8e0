"""What was accepted while the demo was loaded, for the recount."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from deploy.demo.loader import Answer, Listener
from deploy.demo.staff import STAFF
from deploy.demo.steps import Step
from tests.recount.accepted import Accepted

AGENCY_OF = {member.username: member.agency_id for member in STAFF}


def noting(accepted: list[Accepted]) -> Listener:
    """A listener of the loader that notes everything that was accepted."""

    def listen(step: Step, body: Mapping[str, Any], answer: Answer, moment: datetime) -> None:
        service, position = answer.headers["X-Caseledger-Position"].split("=")
        accepted.append(
            Accepted(
                agency=AGENCY_OF[step.who],
                service=service,
                method=step.method,
                path=step.path,
                body=body,
                answer=answer.body,
                recorded_at=moment,
                position=int(position),
            )
        )

    return listen


def boundary(accepted: list[Accepted], service: str, position: int) -> int:
    """The end of the last command up to a position: a cut inside one command belongs to nobody."""
    return max((one.position for one in accepted if one.service == service and one.position <= position), default=0)
