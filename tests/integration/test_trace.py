"""One request, and all that follows from it in other services: found again by one correlation id, in one trace."""

import json

import pytest

from shared import logs
from shared.bus.envelope import decode
from shared.bus.port import events_topic
from shared.eventstore.recorded import RawEvent
from shared.ids import new_id
from shared.settings import SERVICES
from tests.api_client import Api, House
from tests.stories import PEOPLE, register

CORRELATION = "phone-0001-erase"
TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def stored(house: House, service: str) -> list[RawEvent]:
    store = house.suite.services[service].store
    with store.database.read() as connection:
        return store.read_raw(connection, 0, 1000)


def erased_by(worker: Api) -> House:
    """Somebody was erased by a request with a correlation id and a trace of the caller's, and everybody heard of it."""
    admin, person = worker.house.as_("admin"), register(worker)
    headers = admin.headers(
        Idempotency_Key=new_id("key"),
        If_Match=f'"{admin.version_of(f"{PEOPLE}/{person}")}"',
        X_Correlation_Id=CORRELATION,
        traceparent=TRACEPARENT,
    )
    logs.configure("DEBUG")
    reply = worker.house.raw("POST", f"{PEOPLE}/{person}/erase", headers, {"reason": "requested"}).accepted()
    assert reply.headers["X-Correlation-Id"] == CORRELATION
    worker.house.settle()
    return worker.house


def test_what_other_services_do_of_it_belongs_to_the_same_request_and_trace(worker: Api) -> None:
    erased = erased_by(worker)
    followed = [
        (service, event.type, event.traceparent)
        for service in SERVICES
        for event in stored(erased, service)
        if event.correlation_id == CORRELATION
    ]
    assert followed == [
        ("case", "PersonErased", TRACEPARENT),
        ("case", "PersonErasureCompleted", TRACEPARENT),
        ("groups", "PersonKeysDropped", TRACEPARENT),
        ("outreach", "PersonKeysDropped", TRACEPARENT),
        ("reporting", "PersonKeysDropped", TRACEPARENT),
    ]
    newest = [decode(message.value) for message in erased.suite.bus.newest(events_topic("outreach"))]
    assert (CORRELATION, TRACEPARENT) in [(event.correlation_id, event.traceparent) for event in newest]


def test_the_log_of_every_part_names_it(worker: Api, capsys: pytest.CaptureFixture[str]) -> None:
    erased_by(worker)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    ours = [line for line in lines if line.get("correlation_id") == CORRELATION]
    assert [line["route"] for line in ours if line["event"] == "request"] == [f"{PEOPLE}/<person_id>/erase"]
    assert {(line["service"], line["type"]) for line in ours if line["event"] == "relay.published"} == {
        ("case", "PersonErased"),
        ("case", "PersonErasureCompleted"),
        ("groups", "PersonKeysDropped"),
        ("outreach", "PersonKeysDropped"),
        ("reporting", "PersonKeysDropped"),
    }
    learnt = {(line["by"], line["type"]) for line in ours if line["event"] == "intake.learnt"}
    assert {(service, "PersonErased") for service in SERVICES if service != "case"} <= learnt
    assert ("case", "PersonKeysDropped") in learnt
