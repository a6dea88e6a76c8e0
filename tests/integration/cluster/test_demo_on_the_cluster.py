"""The demo over HTTP into the cluster: the same reports as in one process, and again from what the stores hold.

Its first half-year, or with `make test WHOLE=1` all of it.
"""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
import requests

from deploy.demo.documents import document
from deploy.demo.loader import Network
from deploy.demo.staff import AGENCY, PASSWORD
from deploy.stack.stack import Stack
from services.cluster import TOPICS
from shared.bus.kafka import KafkaBus, KafkaSettings
from shared.bus.port import events_topic
from shared.settings import SERVICES
from tests.api_client import House
from tests.chaos.run import report, verified
from tests.chaos.stores import eventually, opened_stores
from tests.demo_accepted import boundary
from tests.recount.compare import differences
from tests.recount.counting import Recount
from tests.running_stack import LAST_DAY, DemoOnStack

pytestmark = pytest.mark.demo

LAST = min(LAST_DAY, date(2021, 12, 31))
DAYS = [date(year, month, 1) - timedelta(days=1) for year in (2018, 2019, 2020, 2021, 2022) for month in (1, 4, 7, 10)]
DAYS = [day for day in DAYS if date(2018, 6, 1) < day <= LAST]
# What an installation says of itself, and not of the contract.
OWN = ("cut", "as_of", "freshness", "silent_seconds")


class Reader:
    """Somebody who reads reports from the stack."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        network = Network(stack.layout.address)
        answer = network.send("POST", "/api/v1/sessions", {}, {"username": "leader1", "password": PASSWORD})
        self._token = str(answer.body["token"])

    def report(self, query: str = "") -> dict[str, Any]:
        return report(self.stack, self._token, "kachi-2", query)

    def submit(self, last_day: str) -> None:
        """Lock a reporting period and send its report."""
        base = f"{self.stack.layout.address}/reporting/api/v1/contracts/kachi-2/periods/{last_day}"
        headers = {"Authorization": f"Bearer {self._token}"}
        for path, version in (("lock", 0), ("reports", 1)):
            own = {**headers, "Idempotency-Key": f"{path}-{last_day}", "If-Match": f'"{version}"'}
            answer = requests.post(f"{base}/{path}", headers=own, timeout=60)
            assert answer.status_code in (200, 201), answer.text


@pytest.fixture(scope="module")
def reader(demo_on_stack: DemoOnStack) -> Reader:
    settle(demo_on_stack.stack)
    return Reader(demo_on_stack.stack)


@pytest.fixture(scope="module")
def cuts(demo_on_stack: DemoOnStack) -> list[dict[str, int]]:
    """Cuts between the beginning and now."""
    accepted = demo_on_stack.accepted
    heads = {one.service: one.position for one in sorted(accepted, key=lambda one: one.position)}
    sources = heads.keys() - {"reporting"}
    return [
        {name: boundary(accepted, name, heads[name] * sixth // 6) for name in sources}
        | {"reporting": heads["reporting"]}
        for sixth in range(1, 6)
    ]


@pytest.fixture(scope="module")
def published(reader: Reader, cuts: list[dict[str, int]]) -> dict[str, dict[str, Any]]:
    """Every report as it is first."""
    return all_reports(reader, cuts)


def settle(stack: Stack) -> None:
    with opened_stores(stack) as stores:
        assert stores.settle(60) == []


def all_reports(reader: Reader, cuts: list[dict[str, int]]) -> dict[str, dict[str, Any]]:
    queries = ["", *(f"?as_of={day}" for day in DAYS), *map(query_of, cuts)]
    return {query: told(reader.report(query)) for query in queries}


def query_of(cut: dict[str, int]) -> str:
    return "?cut=" + ",".join(f"{service}:{position}" for service, position in sorted(cut.items()))


def told(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name not in OWN}


def test_the_cluster_gives_the_same_report_as_one_process_today_and_as_known_on_any_day(
    published: dict[str, dict[str, Any]], demo: House
) -> None:
    leader = demo.as_("leader1")
    for day in DAYS:
        query = f"?as_of={day}"
        assert published[query] == told(leader.report("kachi-2", query)), query
    if date.max == LAST_DAY:
        assert published[""] == told(leader.report("kachi-2", ""))


def test_the_cluster_gives_the_recounted_figures_at_every_cut(
    demo_on_stack: DemoOnStack, published: dict[str, dict[str, Any]], cuts: list[dict[str, int]]
) -> None:
    recount = Recount(demo_on_stack.accepted, AGENCY)
    for cut in cuts:
        assert differences(published[query_of(cut)], recount, document("kachi-2"), cut=cut) == []
    assert len({str(published[query_of(cut)]["outputs"]) for cut in cuts}) > 3


def test_reports_stay_the_same_when_lost_topics_are_published_again_and_the_ledger_is_rebuilt_from_them(
    demo_on_stack: DemoOnStack, reader: Reader, cuts: list[dict[str, int]], published: dict[str, dict[str, Any]]
) -> None:
    stack = demo_on_stack.stack
    reader.submit("2018-11-30")
    settle(stack)
    with bus_of(stack) as bus:
        with ExitStack() as stopped:
            for service in SERVICES:
                stopped.enter_context(stack.without(f"relay {service}"))
            for topic in TOPICS:
                bus.delete_topic(topic)
            stack.command("topics")
            assert messages(bus) == 0
        # A relay that finds its topic behind its store publishes from there on.
        settle(stack)
        eventually(lambda: messages(bus) >= len(demo_on_stack.accepted), 60, "everything is published again")
    settle(stack)
    assert told(reader.report()) == published[""]
    stack.command("rebuild")
    assert verified(stack) == ""
    assert all_reports(reader, cuts) == published
    assert "All 1 reports are counted again as they were sent." in stack.command("submission", "verify")


def messages(bus: KafkaBus) -> int:
    """How many events the topics hold."""
    return sum(sum(bus.end_offsets(events_topic(service)).values()) for service in SERVICES)


@contextmanager
def bus_of(stack: Stack) -> Iterator[KafkaBus]:
    with closing(KafkaBus(KafkaSettings(servers=(stack.layout.kafka.address,)))) as bus:
        yield bus
