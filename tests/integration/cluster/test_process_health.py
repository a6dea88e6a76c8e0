"""What the processes of a cluster tell of themselves while they run."""

from typing import Any

import requests
from prometheus_client.parser import text_string_to_metric_families

from deploy.kafka.node import free_port
from shared.auth.database import open_accounts
from shared.settings import load_settings
from tests.integration.cluster.running import Cluster, answers, eventually, register, token_of


def told(address: str, path: str) -> tuple[int, dict[str, Any]]:
    answer = requests.get(address + path, timeout=10)
    return answer.status_code, answer.json()


def metrics(address: str, path: str = "/metrics") -> dict[tuple[str, ...], float]:
    answer = requests.get(address + path, timeout=10)
    return {
        (sample.name, *(value for name, value in sorted(sample.labels.items()) if name != "service")): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_every_process_tells_whether_it_is_well_and_what_it_did(cluster: Cluster) -> None:
    accounts = open_accounts(load_settings())
    token = token_of(accounts)
    accounts.close()
    ports = {name: free_port() for name in ("web", "relay", "consume")}
    web, relay, consumer = (f"http://127.0.0.1:{port}" for port in ports.values())
    cluster.start("web", "case", PORT=str(ports["web"]), CASELEDGER_WORKERS="2")
    eventually(lambda: answers(web, "/case/readyz"))
    cluster.start("relay", "case", CASELEDGER_METRICS_PORT=str(ports["relay"]))
    cluster.start("consume", "reporting", CASELEDGER_METRICS_PORT=str(ports["consume"]))

    count = 6
    for _ in range(count):
        # Each by a connection of its own, so that both workers get some.
        assert register(web, token).status_code == 201
    counted = ("caseledger_http_requests_total", "POST", "/case/api/v1/people", "201")
    assert [metrics(web, "/case/metrics")[counted] for _ in range(4)] == [count] * 4

    eventually(lambda: answers(relay, "/readyz") and answers(consumer, "/readyz"))
    eventually(lambda: metrics(consumer).get(("caseledger_consumer_messages_total",), 0) >= count)
    eventually(lambda: metrics(consumer)["caseledger_topic_lag_messages", "caseledger.case.events"] == 0)
    published = metrics(relay)
    assert (
        published["caseledger_relay_published_events_total",]
        == metrics(web, "/case/metrics")["caseledger_appended_events_total",]
    )
    assert published["caseledger_relay_active",] == 1
    assert published["caseledger_unpublished_events",] == 0
    assert told(relay, "/version")[1]["part"] == "relay"
    assert answers(consumer, "/livez")

    status, document = told(web, "/case/readyz")
    assert status == 200
    # Its relay has been answered by the broker; nobody takes in for it.
    assert document["checks"]["broker"]["state"] == "the intake is out of touch"
    assert document["checks"]["broker"]["answered_seconds_ago"]["relay"] is not None
    assert set(cluster.stop_all()) == {0}
