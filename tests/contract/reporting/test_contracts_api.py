"""Contracts over the API: registered, revised, refused with every path named; deliverables."""

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from services.reporting.contracts.yamltext import as_json
from tests.contract.reporting.conftest import KACHI, Client, Others, family, field_codes

AsUser = Callable[[str], Client]


@pytest.fixture
def document() -> dict[str, Any]:
    return as_json(yaml.safe_load(KACHI))


def test_a_contract_is_registered_from_json_as_from_yaml(as_user: AsUser, document: dict[str, Any]) -> None:
    admin = as_user("admin")
    answered = admin.post("/contracts", {"document": document})
    assert answered.status_code == 201
    assert answered.json["contract_id"] == "kachi-2"
    assert (answered.json["version"], answered.json["definition_version"]) == (1, 1)
    assert answered.headers["X-Caseledger-Position"] == "reporting=1"
    read = admin.get("/contracts/kachi-2")
    assert read.json["document"] == document
    assert read.headers["ETag"] == '"1"'


def test_a_wrong_document_names_every_path(as_user: AsUser, document: dict[str, Any]) -> None:
    document["outputs"][0]["measures"][0]["target"] = "60"
    document["outcomes"][0]["success"]["any"][0]["share_improved"]["at_least"] = "70%"
    answered = as_user("admin").post("/contracts", {"document": document})
    assert answered.status_code == 422
    assert answered.headers["Content-Type"].startswith("application/problem+json")
    assert field_codes(answered) == [
        ("outputs.0.measures.0.target", "not_a_number"),
        ("outcomes.0.success.any.0.share_improved.at_least", "not_a_share"),
    ]
    assert as_user("admin").get("/contracts").json["items"] == []


SPANS = {"spans": [{"from": "2018-06-01", "to": "2020-06-30"}, {"from": "2020-06-01", "to": "2021-05-31"}]}
IMPROVED = ("outcomes", 0, "success", "any", 0, "share_improved", "at_least")


@pytest.mark.parametrize(
    ("at", "value", "path", "right"),
    [
        (("outputs", 0, "where", "kind"), ["meeting"], "outputs.0.where.kind.0", "group_meeting"),
        (
            ("outputs", 1, "measures"),
            [{"id": "a", "of": "b"}, {"id": "b", "of": "a"}],
            "outputs.1.measures.0.of",
            "“a”",
        ),
        (("outputs", 0, "measures", 0), {"id": "persons", "target": 60}, "outputs.0.measures.0.measure", "headcount"),
        (("reporting_periods",), SPANS, "reporting_periods.spans.1.from", "2020-07-01"),
        (IMPROVED, 70, ".".join(map(str, IMPROVED)), "0.7 for 70 %"),
        (IMPROVED, "70%", ".".join(map(str, IMPROVED)), "0.7 for 70 %"),
        (("outcomes", 0, "instrument"), "phq8", "outcomes.0.instrument", "phq9"),
    ],
    ids=["unknown-code", "circular-of", "no-measure", "overlap", "threshold-70", "threshold-text", "instrument"],
)
def test_a_bad_definition_is_refused_with_its_path_and_what_would_be_right(
    as_user: AsUser, document: dict[str, Any], at: tuple[Any, ...], value: object, path: str, right: str
) -> None:
    target: Any = document
    for key in at[:-1]:
        target = target[key]
    target[at[-1]] = value
    answered = as_user("admin").post("/contracts", {"document": document})
    assert answered.status_code == 422
    fault = next(one for one in answered.json["fields"] if one["path"] == path)
    assert right in fault["message"]


def test_the_fault_is_told_in_the_language_of_the_request(as_user: AsUser, document: dict[str, Any]) -> None:
    document["period"]["to"] = "2018-01-01"
    answered = as_user("admin").post("/contracts", {"document": document}, Accept_Language="zh-HK")
    assert answered.json["fields"][0]["message"] == "服務年期的結束日期早於開始日期，請修改。"


def test_a_preview_stores_nothing(as_user: AsUser, document: dict[str, Any]) -> None:
    admin = as_user("admin")
    assert admin.post("/contracts?dry_run=true", {"document": document}).status_code == 200
    assert admin.get("/contracts/kachi-2").status_code == 404


def test_the_same_request_again_answers_the_same(as_user: AsUser, document: dict[str, Any]) -> None:
    admin = as_user("admin")
    first = admin.post("/contracts", {"document": document}, Idempotency_Key="once")
    again = admin.post("/contracts", {"document": document}, Idempotency_Key="once")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    other = admin.post("/contracts", {"yaml": KACHI}, Idempotency_Key="once")
    assert (other.status_code, other.json["type"]) == (422, "urn:caseledger:problem:key_reused")


def test_a_second_contract_of_the_same_name_is_refused(leader: Client) -> None:
    assert leader.post("/contracts", {"yaml": KACHI}).status_code == 409


def test_both_forms_or_none_are_refused(leader: Client) -> None:
    assert leader.post("/contracts", {"yaml": KACHI, "document": {}}).status_code == 422
    assert leader.post("/contracts", {}).status_code == 422


def test_a_revision_needs_the_version_it_is_based_on(leader: Client, document: dict[str, Any]) -> None:
    document["outputs"][0]["measures"][1]["target"] = 280
    assert leader.put("/contracts/kachi-2", {"document": document}).status_code == 428
    assert leader.put("/contracts/kachi-2", {"document": document}, version=7).status_code == 412
    revised = leader.put("/contracts/kachi-2", {"document": document}, version=1)
    assert (revised.status_code, revised.json["definition_version"]) == (200, 2)
    assert leader.put("/contracts/kachi-2", {"document": document}, version=2).status_code == 409


def test_a_revision_may_not_rename_the_contract(leader: Client, document: dict[str, Any]) -> None:
    answered = leader.put("/contracts/kachi-2", {"document": document | {"contract": "other"}}, version=1)
    assert field_codes(answered) == [("contract", "other_contract")]


def test_an_unknown_contract_cannot_be_revised(leader: Client, document: dict[str, Any]) -> None:
    assert leader.put("/contracts/none", {"document": document | {"contract": "none"}}, version=1).status_code in (
        404,
        412,
    )


def test_contracts_are_listed_page_by_page(leader: Client, document: dict[str, Any]) -> None:
    for number in range(3):
        assert leader.post("/contracts", {"document": document | {"contract": f"more-{number}"}}).status_code == 201
    first = leader.get("/contracts", limit=3).json
    rest = leader.get("/contracts", limit=3, after=first["next"]).json
    assert [one["contract_id"] for one in first["items"] + rest["items"]] == ["kachi-2", "more-0", "more-1", "more-2"]
    assert rest["next"] is None


def test_a_deliverable_is_done_and_taken_back(leader: Client) -> None:
    path = "/contracts/kachi-2/deliverables/handbook"
    done = leader.post(path, {"done_on": "2021-05-01", "evidence": "ISBN on file"}, version=1)
    assert (done.status_code, done.json["version"]) == (200, 2)
    assert leader.get("/contracts/kachi-2").json["deliverables"][0]["done_on"] == "2021-05-01"
    assert leader.report()["deliverables"][0]["done"] is True
    assert leader.post(path, {"done_on": None}, version=2).status_code == 200
    assert leader.report()["deliverables"][0]["done"] is False


def test_a_deliverable_in_the_future_or_unknown_is_refused(leader: Client) -> None:
    path = "/contracts/kachi-2/deliverables"
    future = leader.post(f"{path}/handbook", {"done_on": "2031-05-01"}, version=1)
    assert field_codes(future) == [("done_on", "date_in_future")]
    assert leader.post(f"{path}/none", {"done_on": "2021-05-01"}, version=1).status_code == 404


@pytest.mark.parametrize("username", ["assistant", "worker", "funder"])
def test_only_leaders_write_contracts(leader: Client, as_user: AsUser, username: str) -> None:
    somebody = as_user(username)
    assert somebody.post("/contracts", {"yaml": KACHI}).status_code == 403
    assert somebody.put("/contracts/kachi-2", {"yaml": KACHI}, version=1).status_code == 403
    assert somebody.post("/contracts/kachi-2/deliverables/handbook", {"done_on": None}, version=1).status_code == 403
    assert somebody.get("/contracts/kachi-2").status_code == 200


def test_another_agency_may_use_the_same_name_and_sees_only_its_own(
    leader: Client, as_user: AsUser, others: Others
) -> None:
    stranger = as_user("foreign-leader")
    assert stranger.get("/contracts/kachi-2").status_code == 404
    assert stranger.post("/contracts", {"yaml": KACHI}).status_code == 201
    others.record("session-1", family("person-m"))
    assert stranger.figures()["output-2/sessions"] == 0
    assert leader.figures()["output-2/sessions"] == 1
