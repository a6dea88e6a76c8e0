"""The production HTTP server: gunicorn with threads, and everything of the application made after the fork.

SIGTERM lets requests in hand be answered and takes no new ones.
"""

import ctypes
import gc
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from gunicorn.workers.gthread import ThreadWorker

from shared import logs
from shared.settings import Settings

Wsgi = Callable[[dict[str, Any], Any], Any]

GRACE_SECONDS = 20
"""How long requests in hand may still take; whoever stops the server should wait a little longer than that."""
_MEMORY = Path("/dev/shm")  # noqa: S108 - made by the system, and what is put there gets a random name
_ARENA_MAX = -8
"""`M_ARENA_MAX` of glibc's mallopt."""


class Server(BaseApplication):  # type: ignore[misc]
    """Serves what `load` returns; `stop` is called in the worker when it ends, `ready` in the parent when it listens.

    The database connections, threads and keys of the application must not cross a fork, so `load` runs in the worker.
    """

    def __init__(
        self,
        settings: Settings,
        load: Callable[[], Wsgi],
        *,
        stop: Callable[[], None],
        ready: Callable[[], None] = lambda: None,
        workers: int = 1,
    ) -> None:
        self._settings, self._load, self._stop, self._ready = settings, load, stop, ready
        self._workers = workers
        logs.configure(settings.log_level)
        self._metrics = _directory_of_metrics() if workers > 1 else None
        super().__init__()

    def load_config(self) -> None:
        options = {
            "bind": f"{self._settings.host}:{self._settings.port}",
            "workers": self._workers,
            "worker_class": Worker,
            "threads": self._settings.threads,
            # A worker says in a file that it lives; on a disk that hangs it would be taken for dead.
            "worker_tmp_dir": _memory(),
            "timeout": 120,
            "graceful_timeout": GRACE_SECONDS,
            "keepalive": 30,
            "logger_class": _Log,
            "proc_name": "caseledger",
            # By default all servers of one user would share one control socket.
            "control_socket_disable": True,
            "post_fork": lambda _arbiter, _worker: logs.configure(self._settings.log_level, quoted=()),
            "when_ready": lambda _arbiter: self._ready(),
            "worker_exit": lambda _arbiter, _worker: self._stop(),
            "on_exit": lambda _arbiter: self._clean_up(),
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Wsgi:
        _share_arenas()
        app = self._load()
        # Every call of the database gives way to the other threads: a request must not wait 5 ms for each of them.
        sys.setswitchinterval(0.0005)
        # What was made for the process's whole life need not be looked at again for garbage.
        gc.freeze()
        gc.set_threshold(20_000, 20, 50)
        return app

    def _clean_up(self) -> None:
        if self._metrics is not None:
            shutil.rmtree(self._metrics, ignore_errors=True)


def _share_arenas() -> None:
    """Let the threads share two of glibc's arenas: by default each has one of its own and gives little of it back."""
    with suppress(OSError, AttributeError, TypeError):  # Where there is no glibc.
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 2)


class Worker(ThreadWorker):  # type: ignore[misc]
    """A worker that, told to stop, answers who has come so far and waits for nobody else.

    Without this it would keep the door open and let nobody in, and wait for connections on which nobody asks anything:
    a proxy always keeps some.
    """

    def set_accept_enabled(self, enabled: bool) -> None:
        super().set_accept_enabled(enabled)
        if not (enabled or self.alive):
            self._close_the_door()
            self._end_idle_connections()

    def _close_the_door(self) -> None:
        listeners: list[Any] = self.sockets
        self.sockets: list[Any] = []
        for listener in listeners:
            before = -1
            while before != self.nr_conns:  # Somebody was there.
                before = self.nr_conns
                self.accept(listener)
            listener.close()

    def _end_idle_connections(self) -> None:
        self.wait_for_and_dispatch_events(0)  # What has been asked by now is in hand after this.
        for connection in (*self.keepalived_conns, *self.pending_conns):
            connection.timeout = 0
        self.murder_keepalived()
        self.murder_pending()


class _Log(Logger):  # type: ignore[misc]
    """Hands what the server has to say to our own log."""

    def setup(self, cfg: Any) -> None:  # noqa: ARG002 - named by gunicorn
        self.error_log.setLevel(logging.WARNING)
        self.error_log.propagate = True


def _directory_of_metrics() -> str:
    """Where the workers put their numbers, for one another to sum; the variable must stand before the fork."""
    directory = tempfile.mkdtemp(prefix="caseledger-metrics-", dir=_memory())
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = directory
    return directory


def _memory() -> str | None:
    """A directory in memory, where there is one."""
    return str(_MEMORY) if os.access(_MEMORY, os.W_OK) else None
