"""The bus on Kafka behaves as every bus does."""

from contextlib import closing

import pytest

from shared.bus.kafka import KafkaBus, KafkaSettings
from shared.testing.bus_suite import BusBehaviour, Log


@pytest.fixture
def log(kafka_address: str) -> Log:
    settings = KafkaSettings(servers=(kafka_address,))

    def delete_topic(name: str) -> None:
        with closing(KafkaBus(settings)) as bus:
            bus.delete_topic(name)

    return Log(open=lambda: KafkaBus(settings), delete_topic=delete_topic)


class TestKafkaBus(BusBehaviour):
    """Every behaviour of the suite."""
