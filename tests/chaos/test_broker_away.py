"""The broker is away under load: people's requests succeed, the figures say how old they are, and all arrives."""

import pytest

from deploy.stack.stack import Stack
from tests.chaos.away import broker_away

SECONDS, CALM = 18.0, 4.0


def test_requests_succeed_while_the_broker_is_away_and_everything_arrives_afterwards(
    stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    outage = broker_away(stack, SECONDS, CALM)
    with capsys.disabled():
        print("\n" + "\n".join(outage.lines()))
    assert outage.problems == []
    assert outage.failed == 0
    assert min(outage.requests.values()) > 10, outage.requests
    assert outage.told_age, outage.page
    assert '"service_behind"' in outage.refused
    assert outage.locked == 200
