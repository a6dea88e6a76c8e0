"""Each part of a service in a process of its own, on Kafka and PostgreSQL, told what to do by settings alone."""

from deploy.kafka.node import free_port
from shared.auth.database import open_accounts
from shared.settings import load_settings
from tests.integration.cluster.running import Cluster, answers, eventually, register, token_of, watermark


def test_what_one_service_saves_another_learns_through_processes_that_stop_in_order(cluster: Cluster) -> None:
    accounts = open_accounts(load_settings())
    token = token_of(accounts)
    accounts.close()
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    cluster.start("web", "case", PORT=str(port))
    movers = [cluster.start("relay", "case"), cluster.start("consume", "reporting")]
    eventually(lambda: answers(address, "/case/readyz"))
    first = register(address, token)
    assert first.status_code == 201, first.text
    eventually(lambda: watermark() >= 1)
    assert [cluster.stop(process) for process in movers] == [0, 0]

    # While nothing publishes or listens, entries are saved; they arrive afterwards.
    last = int(register(address, token).headers["X-Caseledger-Position"].split("=")[1])
    cluster.start("relay", "case")
    cluster.start("consume", "reporting")
    eventually(lambda: watermark() == last)
    assert set(cluster.stop_all()) == {0}


def test_a_wrong_topic_stops_the_start_with_a_clear_message(cluster: Cluster) -> None:
    made = cluster.run("topics", CASELEDGER_BUS_PARTITIONS="3")
    assert made.returncode == 0, made.stderr
    assert "caseledger.case.events" in made.stdout
    for command in (("topics",), ("relay", "case")):
        refused = cluster.run(*command, CASELEDGER_BUS_PARTITIONS="12")
        assert refused.returncode == 1
        assert "Topics must have 12 partitions" in refused.stderr
        assert "caseledger.case.events has 3" in refused.stderr
        assert "Traceback" not in refused.stderr


def test_the_suite_in_one_process_is_not_for_a_cluster(cluster: Cluster) -> None:
    refused = cluster.run("serve")
    assert refused.returncode == 2
    assert "web, relay and consume" in refused.stderr
