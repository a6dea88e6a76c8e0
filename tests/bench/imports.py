"""A hostile file of 50,000 rows: rows per second while it is checked and saved, and the memory that takes.

The file is made here; it is imported in a process of its own (`python -m tests.bench.imports FILE`), so that the peak
is that of the import alone.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

from services.case.imports import KINDS
from services.suite import Suite
from shared import logs
from shared.auth.identity import Identity
from shared.importing import jobs
from shared.importing.working import step
from shared.service import Service
from shared.testing.people import PASSWORD
from tests.bench.figures import suite
from tests.bench.measure import Ratio, seconds
from tests.hostile_file import hostile

ROWS = 50_000
CASES = 40
SECONDS = 180.0
"""In which all of the rows are to be saved."""
MEMORY = 300.0
"""Megabytes."""


def run(scale: float) -> Iterator[Ratio]:
    """What was measured; that every good row went in and every bad one was named is checked on the way."""
    rows = max(100, int(ROWS * scale))
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "hostile.xlsx"
        made = hostile(*numbers(), rows)
        file.write_bytes(made.data)
        found = json.loads(
            subprocess.run(
                [sys.executable, "-m", "tests.bench.imports", str(file)], check=True, stdout=subprocess.PIPE
            ).stdout
        )
    expected = {"added": made.good, "bad": len(made.bad)}
    assert found["counts"] == expected, (found["counts"], expected)
    assert found["again"] == {"same": made.good, "bad": len(made.bad)}, found["again"]
    print(f"{rows:,} rows: {json.dumps(found)}")
    checking, saving, again = (rows / found["seconds"][part] for part in ("check", "save", "again"))
    yield Ratio(name="import saving against the aim", ours=saving, other=ROWS / SECONDS, unit="rows/s", aim=1.0)
    yield Ratio(name="import saving against one by one", ours=saving, other=found["by_hand"], unit="rows/s", aim=1.0)
    yield Ratio(name="import checking against saving", ours=checking, other=saving, unit="rows/s", aim=None)
    yield Ratio(name="import of the same file again", ours=again, other=checking, unit="rows/s", aim=2.0)
    yield Ratio(name="import: peak memory", ours=found["peak_mb"], other=MEMORY, unit="MB", aim=1.0, at_least=False)


def numbers() -> tuple[list[str], list[str]]:
    """The numbers of the cases, and of the member of each."""
    return [f"C{number:05}" for number in range(1, CASES + 1)], [f"P{number:05}" for number in range(1, CASES + 1)]


def imported(file: Path) -> dict[str, Any]:
    """Import a file into a new suite."""
    logs.configure("WARNING")
    with suite() as house:
        case, who = house.services["case"], prepared(house)
        before = memory()
        took: dict[str, float] = {}
        peak = [before]
        took["check"], import_id = 0.0, ""

        def take_in() -> None:
            nonlocal import_id
            import_id = jobs.take_in(case, who, KINDS["sessions"], file.read_bytes(), None)

        took["take_in"] = seconds(take_in)
        took["check"] = seconds(lambda: all_steps(case, who, import_id, peak))
        jobs.accept(case, who, import_id, override=True)
        took["save"] = seconds(lambda: all_steps(case, who, import_id, peak))
        first = job(case, who, import_id).counts
        take_in()
        took["again"] = seconds(lambda: all_steps(case, who, import_id, peak))
        again = job(case, who, import_id).counts
        by_hand = 100 / seconds(lambda: one_by_one(house, who))
    mb = {"before_mb": round(before), "peak_mb": round(max(peak)), "file_mb": round(file.stat().st_size / 1e6, 1)}
    return {"counts": first, "again": again, "seconds": took, "by_hand": by_hand, **mb}


def memory() -> float:
    """The memory of this process in megabytes."""
    return float(psutil.Process().memory_info().rss / 1e6)


def job(case: Service, who: Identity, import_id: str) -> jobs.Job:
    with case.database.read() as connection:
        return jobs.find(connection, case, who, import_id)


def all_steps(case: Service, who: Identity, import_id: str, peak: list[float]) -> None:
    """Go on to the next decision, looking at the memory after every step."""
    while job(case, who, import_id).running:
        step(case, who, KINDS["sessions"], import_id, "bench")
        peak.append(memory())


def prepared(house: Suite) -> Identity:
    """An agency with one worker and open cases of one member each."""
    agency_id = house.accounts.create_agency("Bench")
    team_id = house.accounts.create_team(agency_id, "Team")
    made = {"password": PASSWORD, "display_name": "Worker", "role": "worker", "team_ids": [team_id]}
    house.accounts.create_account(agency_id, username="worker", **made)
    signed_in = house.accounts.sign_in("worker", PASSWORD)
    for case, person in zip(*numbers(), strict=True):
        held = [{"role": "family_member", "from_date": "2010-01-01"}]
        member = post(house, signed_in.token, "people", {"client_number": person, "alias": person, "roles": held})
        opened = {"person_id": member["person_id"], "relationship": "mother", "from_date": "2010-01-01"}
        body = {"kind": "family", "case_number": case, "stage": "open", "on": "2010-01-01", "members": [opened]}
        post(house, signed_in.token, "cases", body)
    return signed_in.identity


def post(house: Suite, token: str, path: str, body: dict[str, Any], key: str | None = None) -> Any:
    headers = {
        "Authorization": f"Bearer {token}",
        "Idempotency-Key": key or f"{path}-{json.dumps(body)}"[:100].encode().hex()[:100],
    }
    answer = house.apps["case"].test_client().post(f"/case/api/v1/{path}", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json


def one_by_one(house: Suite, who: Identity) -> None:
    """Record a hundred sessions as a program would that sends each by itself."""
    token = house.accounts.sign_in("worker", PASSWORD).token
    client = (
        house.apps["case"].test_client().get("/case/api/v1/cases?limit=1", headers={"Authorization": f"Bearer {token}"})
    )
    case = client.json["items"][0]
    person = {"person_id": case["members"][0]["person_id"], "role": "family_member"}
    for number in range(100):
        body = {
            "case_id": case["case_id"],
            "occurred_on": "2011-05-03",
            "starts_at": f"{8 + number // 10:02}:{number % 10 * 5:02}",
            "minutes": 5,
            "regular": True,
            "participants": [person],
        }
        post(house, token, "sessions", body, f"by-hand-{number}")


if __name__ == "__main__":
    print(json.dumps(imported(Path(sys.argv[1]))))
