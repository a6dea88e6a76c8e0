"""The groups service lets a leader read its meetings; what reading means is tested with the case service."""

from collections.abc import Callable

from tests.contract.groups.conftest import Client, a_meeting


def test_a_meeting_waits_under_the_title_of_its_group_until_it_is_read(
    worker: Client, as_user: Callable[[str], Client], circle: str
) -> None:
    entry = worker.post("/meetings", a_meeting("person-000")).json["meeting_id"]
    leader = as_user("leader")
    (line,) = leader.post("/readings/waiting", {}).json["items"]
    assert (line["address"], line["title"]) == (f"/groups/meetings/{entry}", "家人互助小組")
    leader.post(f"/readings/{entry}/return", {"comment": "?"}, version=1)
    assert [one["why"] for one in worker.post("/today", {}).json["needs"]] == ["returned"]
    assert leader.post("/readings", {"items": [{"unit_id": entry, "version": 1}]}).json["read"] == [entry]
    assert leader.post("/readings/waiting", {}).json["count"] == 0
