"""The topics on the brokers: made with the settings that keep a history whole, and checked on every start."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import kafka.errors
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient

from shared.bus.kafka_settings import KafkaSettings, WrongTopic
from shared.bus.port import BusError


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as the brokers describe it."""

    name: str
    identity: str
    partitions: tuple[int, ...]
    copies: int


def found_topics(admin: KafkaAdminClient, names: Iterable[str]) -> dict[str, Topic]:
    """Return those of the topics that exist."""
    found = {}
    for row in admin.describe_topics(list(names)):
        if row["error_code"] == 0:
            partitions = sorted(row["partitions"], key=lambda each: int(each["partition_index"]))
            found[row["name"]] = Topic(
                name=row["name"],
                identity=str(row["topic_id"]),
                partitions=tuple(each["partition_index"] for each in partitions),
                copies=min((len(each["replica_nodes"]) for each in partitions), default=0),
            )
    return found


def make_topics(admin: KafkaAdminClient, names: Sequence[str], partitions: int, settings: KafkaSettings) -> None:
    """Make these topics; one that another process makes at the same time is fine."""
    wanted = {
        "num_partitions": partitions,
        "replication_factor": settings.replication,
        "configs": _configuration(settings),
    }
    answer = admin.create_topics(dict.fromkeys(names, wanted), raise_errors=False)
    for row in answer["topics"]:
        error = kafka.errors.for_code(row["error_code"])
        if error in (kafka.errors.NoError, kafka.errors.TopicAlreadyExistsError):
            continue
        problem = f"Topic {row['name']} could not be made: {row['error_message'] or error.description}"
        raise (BusError if issubclass(error, kafka.errors.RetriableError) else WrongTopic)(problem)
    admin.wait_for_topics(list(names))


def check_topics(admin: KafkaAdminClient, topics: Iterable[Topic], settings: KafkaSettings) -> None:
    """Raise `WrongTopic`, naming everything that is wrong, unless these topics keep what is published for ever."""
    found = {topic.name: topic for topic in topics}
    wanted = _configuration(settings)
    resources = [ConfigResource(ConfigResourceType.TOPIC, name, dict.fromkeys(wanted)) for name in found]
    described = admin.describe_configs(resources, config_filter="all")["topic"]
    wrong = []
    for name, topic in sorted(found.items()):
        is_set = {setting: described[name][setting]["value"] for setting in wanted}
        wrong += [
            f"{name} has {key}={is_set[key]}, not {value}" for key, value in wanted.items() if is_set[key] != value
        ]
        if topic.copies < settings.replication:
            wrong.append(f"{name} is kept {topic.copies} times, not {settings.replication} times")
    if wrong:
        raise WrongTopic(f"{'; '.join(wrong)}. Put the topics right, or the settings, and start again.")


def check_partitions(topics: Iterable[Topic], partitions: int) -> None:
    """Raise `WrongTopic` unless each of these has that many partitions: their number is fixed for life."""
    wrong = [f"{each.name} has {len(each.partitions)}" for each in topics if len(each.partitions) != partitions]
    if wrong:
        raise WrongTopic(
            f"Topics must have {partitions} partitions (CASELEDGER_BUS_PARTITIONS), but {', '.join(wrong)}."
        )


def _configuration(settings: KafkaSettings) -> dict[str, str]:
    """Nothing is ever deleted or compacted away, and a message counts as stored when enough brokers have it."""
    return {
        "cleanup.policy": "delete",
        "retention.ms": "-1",
        "retention.bytes": "-1",
        "min.insync.replicas": str(settings.min_insync),
    }
