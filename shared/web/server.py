"""The production HTTP server: gunicorn with threads, one worker process, everything made after the fork."""

from collections.abc import Callable
from typing import Any

from gunicorn.app.base import BaseApplication

from shared.settings import Settings

Wsgi = Callable[[dict[str, Any], Any], Any]


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
    ) -> None:
        self._settings, self._load, self._stop, self._ready = settings, load, stop, ready
        super().__init__()

    def load_config(self) -> None:
        options = {
            "bind": f"{self._settings.host}:{self._settings.port}",
            "workers": 1,
            "worker_class": "gthread",
            "threads": self._settings.threads,
            "timeout": 120,
            "graceful_timeout": 20,
            "keepalive": 30,
            "loglevel": "warning",
            "proc_name": "caseledger",
            "control_socket_disable": True,
            "when_ready": lambda _arbiter: self._ready(),
            "worker_exit": lambda _arbiter, _worker: self._stop(),
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Wsgi:
        return self._load()
