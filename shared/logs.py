"""Structured lines, as JSON on standard error, also of what libraries have to say; no line quotes what somebody typed.

Our own lines name codes and ids. A library may quote a request, so of its lines only those of `QUOTED` tell their text;
of the others, and of every failure, the place says enough.
"""

import logging
import sys
import threading
from collections.abc import Collection

import structlog

from shared.failures import failure

QUOTED = ("gunicorn", "kafka")
"""Whose texts are about processes and brokers. In a worker of the HTTP server, gunicorn's are about requests."""

_log = structlog.get_logger("caseledger.library")


def configure(level: str, *, quoted: Collection[str] = QUOTED) -> None:
    """Write lines of this level and above from now on; called once by each process."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        # Whatever standard error is at the moment of writing: it may be redirected while the process runs.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if isinstance(handler, _Library)]:
        root.removeHandler(handler)
    root.addHandler(_Library(quoted))
    if threading.excepthook is threading.__excepthook__:  # Which would write the text of the exception.
        threading.excepthook = _log_end_of_thread


class _Library(logging.Handler):
    """Turns a warning of a library into one of our lines."""

    def __init__(self, quoted: Collection[str]) -> None:
        super().__init__(logging.WARNING)
        self._quoted = frozenset(quoted)

    def emit(self, record: logging.LogRecord) -> None:
        fields: dict[str, object] = {"logger": record.name, "line": f"{record.module}:{record.lineno}"}
        if record.name.partition(".")[0] in self._quoted:
            fields["text"] = record.getMessage()
        if record.exc_info and record.exc_info[1]:
            fields |= failure(record.exc_info[1])
        _log.log(record.levelno, "library", **fields)


def _log_end_of_thread(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_value is not None:
        name = ended.thread.name if ended.thread else None
        _log.error("thread.failed", thread=name, **failure(ended.exc_value))
