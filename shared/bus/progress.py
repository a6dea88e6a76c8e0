"""How far a service has come in the log, partition by partition."""

from collections.abc import Sequence
from typing import NamedTuple

from shared.bus import arrivals
from shared.bus.port import Bus, Partition
from shared.database import Database


class Progress(NamedTuple):
    """Up to where something is done, and where it ends for now."""

    done: int
    end: int

    @property
    def missing(self) -> int:
        """How much is left."""
        return self.end - self.done


def log_progress(database: Database, bus: Bus, topics: Sequence[str]) -> dict[Partition, Progress]:
    """Compare the offsets in the service's database with the ends of the log."""
    with database.read() as conn:
        stored = arrivals.places(conn)
    found = {}
    for topic in topics:
        identity = bus.topic_identity(topic)
        for number, end in bus.end_offsets(topic).items():
            place = stored.get(Partition(topic, number))
            done = place.next_offset if place and place.topic_identity == identity else 0
            found[Partition(topic, number)] = Progress(done, end)
    return found
