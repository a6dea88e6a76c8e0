"""The verdicts of rows as they are shown: row, column, reason and what would be right, in one's language."""

from collections.abc import Collection
from typing import Any

from flask_babel import get_locale, lazy_gettext
from sqlalchemy import Connection, select

from shared.errors import FieldError
from shared.importing.jobs import Job, sealer_of
from shared.importing.kinds import Kind
from shared.importing.tables import import_row
from shared.service import Service
from shared.web.problems import field_message

WORDS = {
    "new": lazy_gettext("New"),
    "change": lazy_gettext("Correction"),
    "same": lazy_gettext("No change"),
    "doubt": lazy_gettext("Doubtful"),
    "bad": lazy_gettext("Cannot be taken"),
    "chosen": lazy_gettext("Waits"),
    "sure": lazy_gettext("Waits"),
    "waiting": lazy_gettext("Waits"),
    "read": lazy_gettext("Waits"),
    "added": lazy_gettext("Saved"),
    "corrected": lazy_gettext("Corrected"),
}
JUDGED = ("bad", "doubt", "new", "change", "same", "added", "corrected")


def labelled(pair: tuple[str, str]) -> str:
    """A label in the language of the request."""
    return pair[1] if str(get_locale()).startswith("zh") else pair[0]


def rows_of(
    connection: Connection,
    service: Service,
    kind: Kind,
    job: Job,
    *,
    states: Collection[str] = JUDGED,
    after: int = 0,
    limit: int = 200,
) -> list[dict[str, Any]]:
    """One page of the rows with their verdicts."""
    if job.salt is None:
        return []
    own = import_row.c
    wanted = select(own.row_no, own.state, own.told).where(
        own.import_id == job.import_id, own.state.in_(states), own.row_no > after
    )
    sealer = sealer_of(service, job)
    return [
        {
            "row": row.row_no,
            "verdict": row.state,
            "reasons": [
                _reason(kind, one) for one in (sealer.open(f"told {row.row_no}", row.told) if row.told else ())
            ],
        }
        for row in connection.execute(wanted.order_by(own.row_no).limit(limit))
    ]


def _reason(kind: Kind, told: dict[str, Any]) -> dict[str, Any]:
    name = told["column"]
    message = field_message(FieldError(name, told["code"], told["message"], told["params"]))
    label = labelled(kind.column(name).label) if name else None
    return {"column": name or None, "label": label, "code": told["code"], "message": message}


def shown(job: Job, kind: Kind) -> dict[str, Any]:
    """An import for an answer of the API."""
    return {
        "import_id": job.import_id,
        "kind": job.kind,
        "team_id": job.team_id,
        "state": job.state,
        "file_digest": job.file_digest,
        "total": job.total,
        "done": job.done,
        "running": job.running,
        "counts": job.counts,
        "too_many_bad": job.too_many_bad,
        "headings": list(job.headings),
        "mapping": job.mapping,
        "columns": [{"name": one.name, "label": labelled(one.label), "required": one.required} for one in kind.columns],
    }
