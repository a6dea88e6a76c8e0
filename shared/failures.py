"""What a log may say of a failure: its type and place. Its text might quote what somebody typed, so it is left out."""

from typing import Any


def failure(error: BaseException) -> dict[str, Any]:
    """Return the fields of a log line: `kind`, and `at`, the innermost frames as `module:line`, outermost first."""
    frames = []
    trace = error.__traceback__
    while trace is not None:
        frames.append(f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}")
        trace = trace.tb_next
    return {"kind": type(error).__name__, "at": frames[-8:]}
