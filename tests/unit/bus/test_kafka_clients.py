"""A Kafka client that cannot reach its brokers leaves no thread behind that goes on trying."""

import subprocess
import sys

import pytest

# In a process of its own: the library leaves the sockets that were refused to the garbage collector.
MAKE = """
import sys, threading
from kafka import KafkaConsumer
from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaTimeoutError
from shared.bus.kafka_member import made
from shared.bus.kafka_settings import KafkaSettings
options = KafkaSettings(servers=("127.0.0.1:1",)).options()
try:
    made(globals()[sys.argv[1]], {**options, "bootstrap_timeout_ms": 200})
except KafkaTimeoutError:
    print([thread.name for thread in threading.enumerate()])
"""


@pytest.mark.parametrize("kind", ["KafkaAdminClient", "KafkaConsumer"])
def test_a_client_that_cannot_reach_its_brokers_leaves_no_thread_behind(kind: str) -> None:
    done = subprocess.run([sys.executable, "-c", MAKE, kind], capture_output=True, text=True, check=False)
    assert done.stdout == "['MainThread']\n", done.stderr
