"""What a view asks of its request, and how it answers: the service, command metadata, versions, positions."""

import hashlib
import json
import re
from typing import Any, cast

from flask import Response, current_app, g, jsonify, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from shared.auth.identity import identity
from shared.errors import KeyMissing, Malformed, VersionRequired
from shared.eventstore.recorded import CommandMeta, Outcome
from shared.ids import new_id
from shared.service import Service

_KEY = re.compile(r"[!-~]{1,120}")
# W3C Trace Context, version 00: all zeros are no id.
_TRACEPARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
_ETAG = re.compile(r'(?:W/)?"?(\d{1,18})"?')
NOT_CONTENT = frozenset({"idempotency_key", "version", "author", "kept_id", "kept_as", "effects_read"})


def service() -> Service:
    """Return the service this request has come to."""
    return cast("Service", current_app.extensions["caseledger"])


def is_dry_run() -> bool:
    """Say whether the client asks for a preview only (`?dry_run=true`)."""
    return request.args.get("dry_run", "").lower() in ("true", "1", "yes")


def command_meta() -> CommandMeta:
    """Return who commands what, and under which key; raises KeyMissing when the request has no idempotency key.

    The key is scoped to the account. A preview needs none, and never meets the outcome of an earlier command.
    """
    who = identity()
    key = request.headers.get("Idempotency-Key") or request.form.get("idempotency_key")
    if is_dry_run():
        key = new_id("preview")
    if not key:
        raise KeyMissing("idempotency_key_missing", "Send an Idempotency-Key, so that a repeated request counts once.")
    if not _KEY.fullmatch(key):
        raise Malformed("idempotency_key_malformed", "An Idempotency-Key has 1 to 120 visible ASCII characters.")
    traceparent = request.headers.get("traceparent", "")
    return CommandMeta(
        agency_id=who.agency_id,
        actor=who.account_id,
        command_key=f"{who.account_id}:{key}",
        command_hash=_hash_of_request(),
        correlation_id=correlation_id(),
        traceparent=traceparent if _TRACEPARENT.fullmatch(traceparent) else None,
    )


def _hash_of_request() -> bytes:
    """Hash what was asked, under a key: the same content in another order of fields is the same request."""
    if request.is_json:
        body = json.dumps(request.get_json(), sort_keys=True, ensure_ascii=False)
    elif request.form or request.files:
        pairs = sorted((k, v) for k, v in request.form.items(multi=True) if k not in NOT_CONTENT)
        digests = sorted((name, hashlib.sha256(file.stream.read()).hexdigest()) for name, file in request.files.items())
        for file in request.files.values():
            file.stream.seek(0)
        body = json.dumps([pairs, digests], ensure_ascii=False)
    else:
        body = request.get_data(as_text=True)
    asked = "\n".join((request.method, request.path, body))
    return hashlib.blake2b(asked.encode(), digest_size=32, key=service().settings.hash_key[:64]).digest()


def expected_version() -> int:
    """Return the version the change is based on, from `If-Match: "<n>"` or the form field `version`."""
    given = request.headers.get("If-Match") or request.form.get("version")
    if not given or given.strip() == "*":
        raise VersionRequired("version_required", "Say which version you have read: send If-Match with its ETag.")
    match = _ETAG.fullmatch(given.strip())
    if match is None:
        raise Malformed("version_malformed", 'If-Match holds one ETag, such as "3".')
    return int(match[1])


def correlation_id() -> str:
    """Return the id that ties together all that follows from this request."""
    return cast("str", g.correlation_id)


def seen(outcome: Outcome) -> None:
    """Note where a write stands, so that the person's next request, to any service, shows it."""
    if outcome.position is not None:
        g.written = max(outcome.position, g.get("written", 0))


def answer(outcome: Outcome, body: dict[str, Any], status: int = 201) -> Response:
    """Answer a write over the API: the resource with its ETag and position (a preview answers 200)."""
    seen(outcome)
    response = jsonify(body)
    response.status_code = 200 if is_dry_run() else status
    response.set_etag(str(outcome.version))
    return response


def see_other(location: str, outcome: Outcome | None = None) -> AnyResponse:
    """Answer a form that was saved: go and look at the result."""
    if outcome is not None:
        seen(outcome)
    return redirect(location, code=303)
