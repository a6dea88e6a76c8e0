"""The outreach service lets a leader read its visits; what reading means is tested with the case service."""

from collections.abc import Callable

from tests.contract.outreach.conftest import Client, a_visit


def test_a_visit_waits_until_it_is_read(worker: Client, as_user: Callable[[str], Client], token: str) -> None:
    entry = worker.post("/visits", a_visit(token)).json["visit_id"]
    leader = as_user("leader")
    (line,) = leader.post("/readings/waiting", {}).json["items"]
    assert (line["address"], line["author"]) == (f"/outreach/visits/{entry}", "account-worker")
    leader.post(f"/readings/{entry}/return", {"comment": "?"}, version=1)
    assert [one["why"] for one in worker.post("/today", {}).json["needs"]] == ["returned"]
    assert leader.post("/readings", {"items": [{"unit_id": entry, "version": 1}]}).json["read"] == [entry]
    assert leader.post("/readings/waiting", {}).json["count"] == 0
