"""Sending files to the API of imports, as a program does it: send, go on until something is to be decided, accept."""

from collections.abc import Iterable, Sequence
from typing import Any

from tests.one_service import ServiceClient as Client


def csv_of(rows: Iterable[Sequence[Any]]) -> bytes:
    return "\n".join(",".join(map(str, row)) for row in rows).encode()


def send(client: Client, kind: str, data: bytes, **query: str) -> dict[str, Any]:
    """Send a file and have it checked to its end."""
    response = client.client.post(f"{client.api}/imports/files/{kind}", data=data, query_string=query)
    assert response.status_code == 201, response.json
    return go_on(client, response.json)


def go_on(client: Client, job: dict[str, Any]) -> dict[str, Any]:
    while job["running"]:
        job = client.client.post(f"{client.api}/imports/{job['import_id']}/step").json
    return job


def accept(client: Client, job: dict[str, Any], **asked: Any) -> dict[str, Any]:
    response = client.client.post(f"{client.api}/imports/{job['import_id']}/accept", json=asked)
    assert response.status_code == 200, response.json
    return go_on(client, response.json)


def reasons(client: Client, job: dict[str, Any], state: str = "bad") -> dict[int, list[tuple[str, str]]]:
    items = client.get(f"/imports/{job['import_id']}/rows", state=state).json["items"]
    return {one["row"]: [(why["column"], why["code"]) for why in one["reasons"]] for one in items}
