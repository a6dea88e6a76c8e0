"""A report is counted when everything that was saved anywhere, up to the moment it was asked for, has arrived here."""

from services.reporting.ledger.cut import SOURCES
from shared.bus import arrivals
from shared.errors import Unavailable
from shared.service import Service
from shared.web.asking import ask

_SECONDS = 10.0


def await_heads(service: Service) -> None:
    """Wait until all that each service has saved by now has arrived; raises `Unavailable` naming who is behind."""
    heads: dict[str, int] = {}
    for source in SOURCES:
        answer = ask(f"/{source}/api/v1/head", {})
        if answer is None:
            raise Unavailable(
                "head_unknown",
                "“%(service)s” does not answer, so nobody can say what it has saved. Try again in a minute.",
                service=source,
            )
        heads[source] = int(answer["position"])
    if service.intake.wait_for(heads, timeout=_SECONDS):
        return
    with service.database.read() as connection:
        marks = arrivals.watermarks(connection)
    for source, head in heads.items():
        if marks.get(source, 0) < head:
            raise Unavailable(
                "service_behind",
                "%(count)s entries of “%(service)s” are still on their way. Nothing was locked; try again in a minute.",
                service=source,
                count=head - marks.get(source, 0),
            )
