"""The statements of the event store, made once."""

from sqlalchemy import bindparam, func, insert, null, select

from shared.eventstore.tables import EVENT

_ENVELOPE = (
    EVENT.c.position,
    EVENT.c.stream_id,
    EVENT.c.version,
    EVENT.c.event_id,
    EVENT.c.type,
    EVENT.c.schema_version,
    EVENT.c.occurred_at,
    EVENT.c.recorded_at,
    EVENT.c.actor,
    EVENT.c.agency_id,
    EVENT.c.correlation_id,
    EVENT.c.causation_id,
    EVENT.c.traceparent,
)
_WHOLE = select(*_ENVELOPE, EVENT.c.command_key, EVENT.c.data, EVENT.c.sealed)

APPEND_LOCK = select(func.pg_advisory_xact_lock(bindparam("key")))
HEAD = select(EVENT.c.position, EVENT.c.recorded_at).order_by(EVENT.c.position.desc()).limit(1)
INSERT = insert(EVENT)
VERSION = (
    select(EVENT.c.version, EVENT.c.agency_id)
    .where(EVENT.c.stream_id == bindparam("of"))
    .order_by(EVENT.c.version.desc())
    .limit(1)
)
VERSIONS = (
    select(EVENT.c.stream_id, func.max(EVENT.c.version))
    .where(EVENT.c.stream_id.in_(bindparam("streams", expanding=True)))
    .group_by(EVENT.c.stream_id)
)
STREAM = _WHOLE.where(EVENT.c.stream_id == bindparam("of")).order_by(EVENT.c.version)
AFTER = _WHOLE.where(EVENT.c.position > bindparam("after")).order_by(EVENT.c.position).limit(bindparam("most"))
RAW_AFTER = (
    select(*_ENVELOPE, EVENT.c.data)
    .where(EVENT.c.position > bindparam("after"))
    .order_by(EVENT.c.position)
    .limit(bindparam("most"))
)
COMMAND = select(EVENT.c.position, EVENT.c.command_hash).where(EVENT.c.command_key == bindparam("key"))

# Only the first event of a command carries its key, and a command's events lie side by side up to the next key.
_next_command = (
    select(func.min(EVENT.c.position))
    .where(EVENT.c.position > bindparam("start"), EVENT.c.command_key.is_not(null()))
    .scalar_subquery()
)
OF_COMMAND = _WHOLE.where(
    EVENT.c.position >= bindparam("start"),
    EVENT.c.position < func.coalesce(_next_command, 2**62),
).order_by(EVENT.c.position)
