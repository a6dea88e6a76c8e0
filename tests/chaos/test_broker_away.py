"""The broker is away under load: people's requests succeed, the figures say how old they are, and all arrives."""

import re

import pytest
import requests

from deploy.stack.stack import Stack
from shared.web.access import COOKIE
from tests.chaos.away import broker_away

SECONDS = 12.0


def test_requests_succeed_while_the_broker_is_away_and_everything_arrives_afterwards(
    stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    def look(token: str, contract: str) -> str:
        address = f"{stack.layout.address}/reporting/contracts/{contract}"
        headers = {"Accept-Language": "en"}
        return requests.get(address, cookies={COOKIE: token}, headers=headers, timeout=30).text

    outage = broker_away(stack, SECONDS, look)
    with capsys.disabled():
        print("\n" + "\n".join(outage.lines()))
    assert outage.problems == []
    assert outage.failed == 0
    assert min(outage.requests.values()) > 10, outage.requests
    assert re.search("no news", outage.page), outage.page
