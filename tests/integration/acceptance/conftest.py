"""Reporting periods as a leader works on them, for stories about what was submitted."""

from typing import Any

import pytest

from services.reporting.submissions import heads
from tests.api_client import Api, House, Reply
from tests.stories import add_contract, kachi


@pytest.fixture(autouse=True)
def heads_in_process(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reporting asks the others how far they reach over HTTP; here straight in the process, as the leader."""

    def ask(path: str, body: dict[str, Any]) -> Any:
        house: House = request.getfixturevalue("own_demo" if "own_demo" in request.fixturenames else "house")
        return house.raw("POST", path, house.as_("leader1").headers(), body).body

    monkeypatch.setattr(heads, "ask", ask)


class Periods:
    """The reporting periods of kachi-2 as a leader works on them."""

    def __init__(self, leader: Api) -> None:
        self.leader, self.base = leader, "/reporting/api/v1/contracts/kachi-2/periods"

    def __getitem__(self, last_day: str) -> dict[str, Any]:
        items = self.leader.get(self.base).accepted().body["items"]
        return next(one for one in items if one["to"] == last_day)

    def post(self, last_day: str, path: str, body: Any = None) -> Reply:
        self.leader.house.settle()
        return self.leader.post(f"{self.base}/{last_day}/{path}", body, version=self[last_day]["version"])

    def report(self, last_day: str) -> dict[str, Any]:
        """Lock and submit; the document that was sent."""
        self.post(last_day, "lock").accepted()
        return dict(self.post(last_day, "reports").accepted().body["document"])

    def sent(self, last_day: str, number: int = 1) -> Any:
        return self.leader.get(f"{self.base}/{last_day}/reports/{number}").accepted().body["document"]

    def differences(self, last_day: str, number: int = 1) -> Any:
        return self.leader.get(f"{self.base}/{last_day}/reports/{number}/verification").accepted().body["differences"]

    def late(self, last_day: str) -> list[dict[str, Any]]:
        return list(self.leader.get(f"{self.base}/{last_day}/late").accepted().body["items"])


@pytest.fixture
def periods(house: House) -> Periods:
    add_contract(house.as_("admin"), kachi())
    return Periods(house.as_("leader1"))
