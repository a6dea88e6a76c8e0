"""What proxies, containers and monitoring ask: every check by name, and numbers without a word about anybody."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import insert

from shared.auth.accounts import Accounts
from shared.bus import arrivals, tables
from shared.bus.arrivals import Forked
from shared.bus.envelope import Head
from shared.bus.kafka_settings import KafkaSettings
from shared.database import Database, to_micros
from shared.health.contact import keep_contact
from shared.service import Service
from shared.testing.listening import BEGINNING
from shared.testing.people import api_client
from shared.web.health import checks_of

NAME = "歐陽美芳"


def ready(app: Flask) -> tuple[int, dict[str, Any]]:
    answer = app.test_client().get("/case/readyz")
    return answer.status_code, answer.json or {}


def states(service: Service) -> dict[str, str]:
    return {check.name: check.state for check in checks_of(service)}


def metrics(app: Flask) -> dict[tuple[str, ...], float]:
    """The value of every sample, by its name and then the values of its labels but the service."""
    text = app.test_client().get("/case/metrics").text
    return {
        (sample.name, *(value for name, value in sorted(sample.labels.items()) if name != "service")): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_a_service_with_nothing_to_complain_of_says_so_for_each_check(app: Flask) -> None:
    status, document = ready(app)
    assert (status, document["status"]) == (200, "ok")
    assert document["checks"].keys() == {"database", "appends", "publishing", "lag", "forks", "parked"}
    assert {check["state"] for check in document["checks"].values()} == {"ok"}


def test_what_is_wrong_elsewhere_is_named_while_entries_can_be_saved(app: Flask, diary: Service) -> None:
    diary.store.close_appends("restored")
    with diary.database.write() as connection:
        arrivals.keep_fork(connection, Forked("groups", 3, "one", "other"))
        arrivals.keep_heads(connection, [Head(service="groups", position=5, recorded_at=BEGINNING)])
        row = {"event_id": "e", "service": "groups", "stream_id": "s", "topic": "t", "reason": NAME, "value": b"{}"}
        connection.execute(insert(tables.parked), [{**row, "published_at": to_micros(BEGINNING)}])
    status, document = ready(app)
    assert (status, document["status"]) == (200, "degraded")
    wrong = {name for name, check in document["checks"].items() if check["state"] != "ok"}
    assert wrong == {"appends", "lag", "forks", "parked"}
    assert document["checks"]["lag"]["missing"] == {"groups": 5}
    assert NAME not in str(document)


def test_a_service_without_its_database_is_not_ready(app: Flask, diary: Service, tmp_path: Path) -> None:
    gone = Database(f"sqlite:///{tmp_path / 'no' / 'such' / 'directory.db'}")
    app.extensions["caseledger"] = replace(diary, database=gone)
    status, document = ready(app)
    assert (status, document["status"]) == (503, "not ready")
    assert document["checks"] == {"database": {"state": "no answer"}}
    assert app.test_client().get("/case/livez").status_code == 200


def test_on_a_cluster_the_broker_is_known_through_those_who_talk_to_it(diary: Service) -> None:
    service = replace(diary, settings=replace(diary.settings, kafka=KafkaSettings(servers=("broker:9092",))))
    assert states(service)["broker"] == "no answer"
    keep_contact(diary.database, "relay")
    assert states(service)["broker"] == "the intake is out of touch"
    keep_contact(diary.database, "intake")
    assert states(service)["broker"] == "ok"


def test_metrics_count_requests_by_rule_and_status_and_never_by_what_was_asked(app: Flask, people: Accounts) -> None:
    worker = api_client(app, people, "worker")
    assert (
        worker.post("/case/api/v1/entries", json={"title": NAME}, headers={"Idempotency-Key": "one"}).status_code == 201
    )
    assert app.test_client().get(f"/case/nowhere/{NAME}?q={NAME}").status_code == 404
    assert app.test_client().open("/case/diary", method="BREW").status_code == 405
    found = metrics(app)
    assert found["caseledger_http_requests_total", "POST", "/case/api/v1/entries", "201"] == 1
    assert found["caseledger_http_request_seconds_count", "POST", "/case/api/v1/entries"] == 1
    assert found["caseledger_http_requests_total", "any", "none", "404"] == 1
    assert found["caseledger_http_requests_total", "any", "none", "405"] == 1
    assert found["caseledger_appended_events_total",] == 1
    assert found["caseledger_unpublished_events",] == 1
    assert found["caseledger_database_up",] == 1
    text = app.test_client().get("/case/metrics").text
    assert NAME not in text
    assert "/case/readyz" not in text, "questions after health are no requests"


def test_a_stale_version_is_counted(app: Flask) -> None:
    @app.errorhandler(RuntimeError)
    def stale(_error: RuntimeError) -> tuple[str, int]:
        return "", 412

    app.test_client().get("/case/diary/broken")
    assert metrics(app)["caseledger_stale_versions_total",] == 1


def test_metrics_tell_how_far_behind_another_service_this_one_is(app: Flask, diary: Service) -> None:
    with diary.database.write() as connection:
        arrivals.keep_heads(connection, [Head(service="groups", position=5, recorded_at=BEGINNING)])
    found = metrics(app)
    assert found["caseledger_watermark_lag_events", "groups"] == 5
    assert found["caseledger_freshness_seconds", "groups"] > 0


def test_metrics_of_a_service_without_its_database_say_so(app: Flask, diary: Service) -> None:
    diary.database.dispose()
    Path(diary.settings.data / "case.db").unlink()
    assert metrics(app)["caseledger_database_up",] == 0


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded"])
def test_metrics_are_not_told_through_a_proxy(app: Flask, header: str) -> None:
    answer = app.test_client().get("/case/metrics", headers={header: "for=192.0.2.1"})
    assert answer.status_code == 404
    assert b"caseledger_" not in answer.data
