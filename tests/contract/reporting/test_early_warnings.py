"""The measures behind their pace over all running contracts, on the page and over the API."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient

from shared.auth.accounts import Accounts
from shared.testing.clock import FixedClock
from shared.testing.people import page_client
from tests.contract.reporting.conftest import KACHI, Client, Others, family


@pytest.fixture
def running(leader: Client, others: Others, clock: FixedClock) -> list[dict[str, Any]]:
    """Half of the contract is over; another one has ended. Two meetings a month of one of its fifteen measures."""
    ended = yaml.safe_load(KACHI) | {"contract": "ended", "period": {"from": "2015-06-01", "to": "2018-05-31"}}
    assert leader.post("/contracts", {"document": ended}).status_code == 201
    clock.moment = datetime(2019, 12, 2, 2, 0, tzinfo=UTC)
    for number in range(24):
        day = datetime(2018, 7, 2, tzinfo=UTC) + timedelta(days=21 * number)
        others.record(f"meeting-{number}", family("person-m"), occurred_on=day.date().isoformat(), at=clock.moment)
    answered = leader.get("/warnings")
    assert answered.status_code == 200
    items: list[dict[str, Any]] = answered.json["items"]
    return items


def test_the_furthest_behind_comes_first_with_what_it_needs(running: list[dict[str, Any]]) -> None:
    parts = [one["missing_part"] for one in running]
    assert parts == sorted(parts, reverse=True)
    assert {one["contract"] for one in running} == {"kachi-2"}
    assert {one["standing"] for one in running} == {"behind"}
    sessions = next(one for one in running if (one["indicator"], one["measure"]) == ("output-1", "sessions"))
    assert (sessions["actual"], sessions["target"], sessions["outlook"]) == (24, 300, "unlikely")
    assert sessions["required_a_month"] == pytest.approx(276 / (546 / (365 / 12)), abs=0.06)
    forecast = sessions["forecast"]
    assert 24 < forecast["low"] <= forecast["likely"] <= forecast["high"] < 300
    assert forecast["level"] == 80


def test_warnings_are_chosen_and_paged(running: list[dict[str, Any]], leader: Client, browser: FlaskClient) -> None:
    early = leader.get("/warnings", outlook="too_early").json
    unlikely = leader.get("/warnings", outlook="unlikely").json
    assert 0 < unlikely["total"] < len(running)
    assert early["total"] + unlikely["total"] <= len(running)
    assert leader.get("/warnings", contract="ended").json["total"] == 0
    assert leader.get("/warnings", outlook="rosy").status_code == 422
    page = browser.get("/reporting/warnings?outlook=unlikely").text
    assert page.count("Target unlikely</td>") == unlikely["total"]
    assert "What is missing, divided by the months that are left" in page
    assert "/reporting/warnings" in browser.get("/reporting/contracts").text
    assert "/reporting/warnings" in browser.get("/").text


def test_warnings_are_for_leaders(running: list[dict[str, Any]], app: Flask, accounts: Accounts) -> None:
    assert page_client(app, accounts, "worker").get("/reporting/warnings").status_code == 403


def test_each_contract_tells_its_pace(running: list[dict[str, Any]], leader: Client, browser: FlaskClient) -> None:
    measures = leader.get("/contracts/kachi-2/pace").json["measures"]
    assert len(measures) == 15
    page = browser.get("/reporting/contracts/kachi-2").text
    sessions = next(one for one in measures if (one["indicator"], one["measure"]) == ("output-1", "sessions"))
    assert f"forecast: {sessions['forecast']['low']} to {sessions['forecast']['high']}" in page
