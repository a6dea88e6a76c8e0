"""The operator's commands on PostgreSQL and Kafka, beside relays and consumers that run."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from services.operations.postgres import run_tool
from services.reporting.tables import ledger
from services.suite import Suite, build
from shared.bus.kafka import KafkaBus
from shared.bus.port import events_topic
from shared.bus.tables import arrival
from shared.errors import Unavailable
from shared.settings import load_settings
from tests.integration.cluster.running import Cluster, cluster, eventually
from tests.integration.rebuild.world import record

pytestmark = pytest.mark.postgres

SINCE_THE_COPY = 200


__all__ = ["cluster"]


@pytest.fixture
def suite(cluster: Cluster) -> Iterator[Suite]:
    """The stores of the cluster, to write to; what moves events runs in processes of its own."""
    with closing(build(load_settings())) as suite:
        yield suite


def head(suite: Suite) -> int:
    case = suite.services["case"]
    with case.database.read() as connection:
        return case.store.head(connection)[0]


def arrived(suite: Suite) -> int:
    reporting = suite.services["reporting"]
    with reporting.database.read() as connection:
        return reporting.intake.watermark(connection, "case")


def published(suite: Suite) -> int:
    return sum(suite.bus.end_offsets(events_topic("case")).values())


def counted(suite: Suite) -> list[Any]:
    """What the ledger holds of sessions."""
    segment = ledger.segment.c
    rows = select(segment.unit_id, segment.version, segment.born, segment.dead, segment.minutes, segment.people)
    with suite.services["reporting"].database.read() as connection:
        return [tuple(row) for row in connection.execute(rows.order_by(segment.unit_id, segment.version))]


def verified(cluster: Cluster) -> None:
    found = cluster.run("verify")
    assert found.returncode == 0, found.stdout + found.stderr


def refusal(suite: Suite) -> str:
    with pytest.raises(Unavailable) as told:
        record(suite, 900_000, 1)
    return told.value.code


@pytest.mark.usefixtures("postgres_programs")
def test_a_database_restored_from_a_copy_is_closed_until_its_tail_is_back(
    cluster: Cluster, suite: Suite, tmp_path: Path
) -> None:
    case, dump = suite.services["case"], tmp_path / "case.dump"
    assert refusal(suite) == "not_compared"
    relay = cluster.start("relay", "case")
    cluster.start("consume", "reporting")
    eventually(case.store.is_compared)
    record(suite, 1, 25)
    run_tool("pg_dump", case.database.url, "--format=custom", f"--file={dump}")
    record(suite, 1000, SINCE_THE_COPY)
    eventually(lambda: arrived(suite) == head(suite))
    before, whole = counted(suite), head(suite)
    assert cluster.stop(relay) == 0

    case.database.dispose()
    run_tool("pg_restore", case.database.url, "--clean", "--if-exists", "--single-transaction", str(dump))
    assert head(suite) < whole - SINCE_THE_COPY + 1
    assert refusal(suite) == "not_compared"
    cluster.start("relay", "case")
    eventually(lambda: case.store.closed() is not None)
    assert "the store seems to be an older copy" in (case.store.closed() or "")
    assert refusal(suite) == "appends_closed"
    unwell = cluster.run("verify")
    assert unwell.returncode == 1

    restored = cluster.run("restore", "case", "--tail")
    assert restored.returncode == 0, restored.stderr
    assert f"to {whole:,} were brought back" in restored.stdout
    assert head(suite) == whole
    verified(cluster)
    assert counted(suite) == before
    record(suite, 5001, 1)
    eventually(lambda: arrived(suite) == head(suite) > whole)
    verified(cluster)


def test_a_deleted_topic_is_filled_again_and_nothing_counts_twice(cluster: Cluster, suite: Suite) -> None:
    relay = cluster.start("relay", "case")
    cluster.start("consume", "reporting")
    eventually(suite.services["case"].store.is_compared)
    record(suite, 1, 50)
    eventually(lambda: arrived(suite) == head(suite))
    before = counted(suite)
    assert cluster.stop(relay) == 0
    assert isinstance(suite.bus, KafkaBus)
    suite.bus.delete_topic(events_topic("case"))
    assert cluster.run("topics").returncode == 0
    cluster.start("relay", "case")
    eventually(lambda: published(suite) == head(suite))
    told = cluster.run("republish", "case", "--from", "11")
    assert f"publishes positions 11 to {head(suite)} again" in told.stdout, told.stderr
    eventually(lambda: published(suite) == 2 * head(suite) - 10)
    record(suite, 1001, 1)
    eventually(lambda: arrived(suite) == head(suite))
    assert counted(suite)[: len(before)] == before
    assert arrivals(suite) == head(suite)
    verified(cluster)


def arrivals(suite: Suite) -> int:
    with suite.services["reporting"].database.read() as connection:
        return connection.scalar(select(func.count()).select_from(arrival).where(arrival.c.service == "case")) or 0
