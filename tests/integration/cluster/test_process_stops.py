"""SIGTERM to a relay and a consumer that are in the midst of their work."""

import signal
from contextlib import ExitStack

from sqlalchemy import Connection, text

from deploy.kafka.node import free_port
from shared.auth.database import open_accounts
from shared.database import Database
from shared.settings import load_settings
from tests.integration.cluster.running import Cluster, answers, eventually, register, token_of, watermark

WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")


def waits(connection: Connection) -> bool:
    """Whether somebody waits for a lock in this database."""
    return bool(connection.scalar(WAITING))


def test_a_relay_and_a_consumer_finish_what_they_have_in_hand(cluster: Cluster) -> None:
    accounts = open_accounts(load_settings())
    token = token_of(accounts)
    accounts.close()
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    cluster.start("web", "case", PORT=str(port))
    relay, consumer = cluster.start("relay", "case"), cluster.start("consume", "reporting")
    eventually(lambda: answers(address, "/case/readyz"))
    assert register(address, token).status_code == 201
    eventually(lambda: watermark() >= 1)

    databases = {name: Database(load_settings().database_url(name)) for name in ("case", "reporting")}
    with ExitStack() as locks:
        # The relay has published and cannot move its checkpoint; the consumer cannot keep what has arrived.
        case = locks.enter_context(databases["case"].engine.connect())
        case.execute(text("LOCK TABLE relay_checkpoint IN EXCLUSIVE MODE"))
        reporting = locks.enter_context(databases["reporting"].engine.connect())
        reporting.execute(text("LOCK TABLE arrival IN EXCLUSIVE MODE"))
        last = int(register(address, token).headers["X-Caseledger-Position"].split("=")[1])
        eventually(lambda: waits(case) and waits(reporting))
        for process in (relay, consumer):
            process.send_signal(signal.SIGTERM)
        assert [relay.poll(), consumer.poll()] == [None, None]
    assert [cluster.stop(process) for process in (relay, consumer)] == [0, 0]
    with databases["case"].read() as connection:
        assert connection.scalar(text("SELECT position FROM relay_checkpoint")) == last
    assert watermark() == last
    for database in databases.values():
        database.dispose()
