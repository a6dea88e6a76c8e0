"""The embedded bus: an append-only log in one SQLite file, for one machine.

Consumers in the publishing process are woken at once; those of other processes look every quarter of a second.
"""

import sqlite3
import sys
import threading
import time
import uuid
import zlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self, cast

from shared.bus.port import BusError, Message, Partition, Received

FALLBACK_POLL = 0.25
"""How often, in seconds, a waiting consumer looks for what other processes have published."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS topic (
    topic_id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, identity TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS partition (
    topic_id INTEGER NOT NULL, number INTEGER NOT NULL, next_offset INTEGER NOT NULL,
    PRIMARY KEY (topic_id, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS message (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, topic_id INTEGER NOT NULL, partition INTEGER NOT NULL,
    log_offset INTEGER NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, published_at REAL NOT NULL,
    UNIQUE (topic_id, partition, log_offset)
);
"""
_COLUMNS = "topic.name, partition, log_offset, key, value, published_at"


def partition_of(key: str, partitions: int) -> int:
    """The partition a key belongs to, today and after every restart."""
    return zlib.crc32(key.encode()) % partitions


def _received(row: tuple[str, int, int, str, bytes, float]) -> Received:
    topic, partition, offset, key, value, published = row
    return Received(topic, partition, offset, key, value, int(published * 1_000_000))


class _Connection:
    """One SQLite connection, used by one thread at a time."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._sqlite = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
        self._sqlite.execute("PRAGMA journal_mode=WAL")
        # A message that was acknowledged survives a power cut: checkpoints rely on it.
        self._sqlite.execute("PRAGMA synchronous=FULL")

    def query(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[object, ...]]:
        with self._lock, _as_bus_error():
            return self._sqlite.execute(sql, parameters).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock, _as_bus_error():
            self._sqlite.execute("BEGIN IMMEDIATE")
            try:
                yield self._sqlite
                self._sqlite.execute("COMMIT")
            finally:
                if self._sqlite.in_transaction:
                    self._sqlite.execute("ROLLBACK")

    def close(self) -> None:
        with self._lock:
            self._sqlite.close()


@contextmanager
def _as_bus_error() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise BusError(str(error)) from error


class EmbeddedBus:
    """The log in `path`; a file that does not exist is made."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection = _Connection(path)
        with self._connection.transaction() as sqlite:
            for statement in _SCHEMA.split(";"):
                sqlite.execute(statement)
        self._changed = threading.Condition()
        self._published: dict[str, int] = defaultdict(int)
        self._members: dict[str, list[EmbeddedConsumer]] = defaultdict(list)

    def ensure_topics(self, names: Sequence[str], partitions: int) -> None:
        """Create those topics that do not exist."""
        with self._connection.transaction() as sqlite:
            for name in names:
                made = sqlite.execute(
                    "INSERT INTO topic (name, identity) VALUES (?, ?) ON CONFLICT DO NOTHING RETURNING topic_id",
                    (name, uuid.uuid4().hex),
                ).fetchone()
                if made:
                    rows = [(made[0], number) for number in range(partitions)]
                    sqlite.executemany("INSERT INTO partition VALUES (?, ?, 0)", rows)

    def delete_topic(self, name: str) -> None:
        """Remove a topic with its messages; a topic of this name made later has another identity."""
        with self._connection.transaction() as sqlite:
            found = sqlite.execute("DELETE FROM topic WHERE name = ? RETURNING topic_id", (name,)).fetchall()
            sqlite.executemany("DELETE FROM partition WHERE topic_id = ?", found)
            sqlite.executemany("DELETE FROM message WHERE topic_id = ?", found)

    def publish(self, topic: str, messages: Sequence[Message]) -> None:
        """Append all messages in one transaction and wake the consumers of this process."""
        if not messages:
            return
        now = time.time()
        with self._connection.transaction() as sqlite:
            found = sqlite.execute(
                "SELECT topic_id, number, next_offset FROM partition JOIN topic USING (topic_id) WHERE name = ?",
                (topic,),
            ).fetchall()
            if not found:
                raise BusError(f"There is no topic {topic}.")
            topic_id, offsets = found[0][0], {number: offset for _, number, offset in found}
            rows = []
            for message in messages:
                number = partition_of(message.key, len(offsets))
                rows.append((topic_id, number, offsets[number], message.key, message.value, now))
                offsets[number] += 1
            sqlite.executemany(
                "INSERT INTO message (topic_id, partition, log_offset, key, value, published_at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                rows,
            )
            sqlite.executemany(
                "UPDATE partition SET next_offset = ? WHERE topic_id = ? AND number = ?",
                [(offset, topic_id, number) for number, offset in offsets.items()],
            )
        with self._changed:
            self._published[topic] += 1
            self._changed.notify_all()

    def consumer(self, group: str, topics: Sequence[str]) -> "EmbeddedConsumer":
        """Join `group`. The member that joined first reads everything; the next one takes over when it leaves."""
        member = EmbeddedConsumer(self, group, topics)
        with self._changed:
            self._members[group].append(member)
        return member

    def end_offsets(self, topic: str) -> dict[int, int]:
        """For every partition the offset that its next message will get."""
        rows = self._connection.query(
            "SELECT number, next_offset FROM partition JOIN topic USING (topic_id) WHERE name = ?", (topic,)
        )
        return dict(rows)  # type: ignore[arg-type]

    def newest(self, topic: str) -> list[Received]:
        """The last message of every partition that has one."""
        rows = self._connection.query(
            f"SELECT {_COLUMNS} FROM topic JOIN partition USING (topic_id)"  # noqa: S608
            " JOIN message ON message.topic_id = topic.topic_id AND message.partition = partition.number"
            " AND log_offset = next_offset - 1 WHERE name = ?",
            (topic,),
        )
        return [_received(row) for row in rows]  # type: ignore[arg-type]

    def topic_identity(self, topic: str) -> str:
        """The random id made when the topic was created."""
        rows = self._connection.query("SELECT identity FROM topic WHERE name = ?", (topic,))
        if not rows:
            raise BusError(f"There is no topic {topic}.")
        return str(rows[0][0])

    def close(self) -> None:
        """Close the file; consumers close their own connections."""
        self._connection.close()

    def _reads(self, group: str, member: "EmbeddedConsumer") -> bool:
        with self._changed:
            return self._members[group][0] is member

    def _leave(self, group: str, member: "EmbeddedConsumer") -> None:
        with self._changed:
            self._members[group].remove(member)
            self._changed.notify_all()

    def _news(self, topics: Sequence[str]) -> int:
        with self._changed:
            return sum(self._published[topic] for topic in topics)

    def _wait_for_news(self, topics: Sequence[str], seen: int, timeout: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: sum(self._published[topic] for topic in topics) != seen, timeout)


class EmbeddedConsumer:
    """One member of a group. It walks the log once for all its partitions, in the order of publishing."""

    def __init__(self, bus: EmbeddedBus, group: str, topics: Sequence[str]) -> None:
        self._bus, self._group, self._topics = bus, group, tuple(topics)
        self._connection = _Connection(bus._path)
        # The numbers of the topics change when they are created anew; what was sought before no longer stands then.
        self._topic_ids: dict[str, int] = {}
        self._assigned: frozenset[Partition] = frozenset()
        self._next: dict[Partition, int] = {}
        self._walked = sys.maxsize
        self._end = 0

    def poll(self, max_records: int, timeout: float) -> list[Received]:
        """Return the next messages; comes back early when a partition has begun to wait for `seek`."""
        deadline = time.monotonic() + timeout
        while True:
            news = self._bus._news(self._topics)
            waited_before = self.awaiting_seek()
            self._look()
            found = self._walk(max_records)
            remaining = deadline - time.monotonic()
            if found or remaining <= 0 or self.awaiting_seek() - waited_before:
                return found
            self._bus._wait_for_news(self._topics, news, min(remaining, FALLBACK_POLL))

    def assignment(self) -> frozenset[Partition]:
        """The partitions this member reads, as of the last `poll`."""
        return self._assigned

    def awaiting_seek(self) -> frozenset[Partition]:
        """Those of the assignment that were not sought since they were assigned."""
        return self._assigned - self._next.keys()

    def seek(self, topic: str, partition: int, offset: int) -> None:
        """Deliver this partition from `offset` on."""
        # One statement, so that nothing published meanwhile falls between the two halves.
        rows = self._connection.query(
            "SELECT coalesce((SELECT sequence - 1 FROM message WHERE topic_id = ? AND partition = ?"
            " AND log_offset >= ? ORDER BY log_offset LIMIT 1), (SELECT max(sequence) FROM message), 0)",
            (self._topic_ids[topic], partition, offset),
        )
        self._walked = min(self._walked, cast("int", rows[0][0]))
        self._next[Partition(topic, partition)] = offset

    def close(self) -> None:
        """Leave the group."""
        self._bus._leave(self._group, self)
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _look(self) -> None:
        """See which topics there are, whether this member reads them, and where the log ends."""
        if not self._bus._reads(self._group, self):
            self._assigned, self._next = frozenset(), {}
            return
        rows = self._connection.query(
            "SELECT name, topic_id, number, (SELECT coalesce(max(sequence), 0) FROM message)"  # noqa: S608
            f" FROM topic JOIN partition USING (topic_id) WHERE name IN ({_marks(self._topics)})",
            self._topics,
        )
        topics = cast("list[tuple[str, int, int, int]]", rows)
        ids = {name: topic_id for name, topic_id, _, _ in topics}
        for partition in list(self._next):
            if ids.get(partition.topic) != self._topic_ids.get(partition.topic):
                del self._next[partition]
        self._topic_ids = ids
        self._assigned = frozenset(Partition(name, number) for name, _, number, _ in topics)
        self._end = topics[0][3] if topics else 0

    def _walk(self, max_records: int) -> list[Received]:
        found: list[Received] = []
        names = {topic_id: name for name, topic_id in self._topic_ids.items()}
        while not found and self._next and self._walked < self._end:
            # The plus keeps SQLite from sorting by the other index: rows come in order of their number.
            rows = self._connection.query(
                "SELECT sequence, topic_id, partition, log_offset, key, value, published_at"  # noqa: S608
                " FROM message"
                f" WHERE sequence > ? AND sequence <= ? AND +topic_id IN ({_marks(names)})"
                " ORDER BY sequence LIMIT ?",
                (self._walked, self._end, *names, max_records),
            )
            for row in cast("list[tuple[int, int, int, int, str, bytes, float]]", rows):
                message = _received((names[row[1]], *row[2:]))
                partition = Partition(message.topic, message.partition)
                if message.offset >= self._next.get(partition, sys.maxsize):
                    self._next[partition] = message.offset + 1
                    found.append(message)
            self._walked = cast("int", rows[-1][0]) if len(rows) == max_records else self._end
        return found


def _marks(values: Collection[object]) -> str:
    return ", ".join("?" * len(values))
