"""Two colleagues who do over the API what a journey needs and does not look at."""

from typing import Any

import requests

from deploy.demo.staff import PASSWORD
from tests.api_client import unique
from tests.e2e.browsing import Visitor
from tests.e2e.serving import Served

LEADER, WORKER = "leader1", "worker1"


class Desk:
    """The leader and a worker of the demo's first team. Whatever is asked waits until what was saved has arrived."""

    def __init__(self, served: Served) -> None:
        self.url = served.url
        self._tokens = {name: self._sign_in(name) for name in (LEADER, WORKER)}
        self._seen: dict[str, str] = {}

    def _sign_in(self, username: str) -> str:
        body = {"username": username, "password": PASSWORD}
        return str(requests.post(f"{self.url}/api/v1/sessions", json=body, timeout=30).json()["token"])

    def _headers(self, username: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._tokens[username]}", "X-Caseledger-Seen": self._positions}

    @property
    def _positions(self) -> str:
        return "&".join(f"{service}={position}" for service, position in self._seen.items())

    def get(self, path: str) -> Any:
        """What a path of the API answers to the leader."""
        answered = requests.get(f"{self.url}{path}", headers=self._headers(LEADER), timeout=30)
        assert answered.ok, answered.text
        return answered.json()

    def post(self, path: str, body: dict[str, Any], by: str = WORKER, version: int | None = None) -> dict[str, Any]:
        """Send a command, based on `version` where there is one already; returns the answer."""
        headers = {**self._headers(by), "Idempotency-Key": unique("desk-")}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        answered = requests.post(f"{self.url}{path}", json=body, headers=headers, timeout=30)
        assert answered.ok, answered.text
        service, _, position = answered.headers["X-Caseledger-Position"].partition("=")
        self._seen[service] = position
        return dict(answered.json())

    def tell(self, visitor: Visitor) -> None:
        """Let a browser know what was saved here, as if it had saved it itself: its next page waits for that too."""
        visitor.page.context.add_cookies([{"name": "seen", "value": self._positions, "url": self.url}])

    def contract(self, name: str, first: str) -> None:
        """Register a contract from `first` to the end of 2026 that counts the sessions of families."""
        measures = [
            {"id": "persons", "measure": "headcount", "target": 3},
            {"id": "sessions", "measure": "sessions", "target": 40},
        ]
        output = {
            "id": "output-1",
            "title": {"zh-Hant": "個案跟進", "en": "Case follow-up"},
            "where": {"kind": ["case_session"], "role": ["family_member"]},
            "measures": measures,
        }
        document = {
            "contract": name,
            "title": {"zh-Hant": f"家晴計劃 {name}", "en": f"Clear Sky {name}"},
            "period": {"from": first, "to": "2026-12-31"},
            "outputs": [output],
        }
        self.post("/reporting/api/v1/contracts", {"document": document}, LEADER)

    def report(self, contract: str, last_day: str) -> None:
        """Lock a period and submit its report."""
        period = f"/reporting/api/v1/contracts/{contract}/periods/{last_day}"
        for step in ("lock", "reports"):
            found = self.get(f"/reporting/api/v1/contracts/{contract}/periods")["items"]
            (version,) = (one["version"] for one in found if one["to"] == last_day)
            self.post(f"{period}/{step}", {}, LEADER, version)

    def family(self) -> tuple[str, str]:
        """A new person and her case, by their ids."""
        person = self.post("/case/api/v1/people", {"alias": "晴", "team_id": "team-families"})["person_id"]
        member = {"person_id": person, "relationship": "mother", "from_date": "2025-01-02"}
        case = {"kind": "family", "stage": "open", "on": "2025-01-02", "members": [member]}
        case_id = self.post("/case/api/v1/cases", {"team_id": "team-families", **case})["case_id"]
        return person, case_id

    def session(self, contract: str, family: tuple[str, str], day: str) -> str:
        """Log a session of 45 minutes with the person of a case; returns its id."""
        person, case_id = family
        body = {
            "kind": "case_session",
            "case_id": case_id,
            "contract_id": contract,
            "occurred_on": day,
            "minutes": 45,
            "mode": "in_person",
            "setting": "centre",
            "activity": "follow_up",
            "participants": [{"person_id": person, "role": "family_member", "status": "present"}],
        }
        return str(self.post("/case/api/v1/sessions", body)["session_id"])
