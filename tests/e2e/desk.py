"""A colleague who does over the API what a journey needs and does not look at."""

from typing import Any

import requests

from deploy.demo.staff import PASSWORD
from tests.api_client import unique
from tests.e2e.serving import Served


class Desk:
    """Somebody of the demo's first team, signed in."""

    def __init__(self, served: Served, username: str) -> None:
        self.url = served.url
        body = {"username": username, "password": PASSWORD}
        token = requests.post(f"{self.url}/api/v1/sessions", json=body, timeout=30).json()["token"]
        self._headers = {"Authorization": f"Bearer {token}"}

    def get(self, path: str) -> Any:
        """What a path of the API answers."""
        answered = requests.get(f"{self.url}{path}", headers=self._headers, timeout=30)
        assert answered.status_code == 200, answered.text
        return answered.json()

    def post(self, path: str, body: dict[str, Any], version: int | None = None) -> dict[str, Any]:
        """Send a command, based on `version` where there is one already; returns the answer."""
        headers = {**self._headers, "Idempotency-Key": unique("desk-")}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        answered = requests.post(f"{self.url}{path}", json=body, headers=headers, timeout=30)
        assert answered.ok, answered.text
        return dict(answered.json())

    def contract(self, name: str, first: str) -> None:
        """Register a contract from `first` to the end of 2026 that counts the sessions of families (a leader does)."""
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
        self.post("/reporting/api/v1/contracts", {"document": document})

    def report(self, contract: str, last_day: str) -> None:
        """Lock a period and submit its report (a leader does)."""
        period = f"/reporting/api/v1/contracts/{contract}/periods/{last_day}"
        for step in ("lock", "reports"):
            found = self.get(f"/reporting/api/v1/contracts/{contract}/periods")["items"]
            (version,) = (one["version"] for one in found if one["to"] == last_day)
            self.post(f"{period}/{step}", {}, version)

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
