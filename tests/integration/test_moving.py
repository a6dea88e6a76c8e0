"""Entries of every service move to another contract, and exactly the figures move that the preview had named."""

from typing import Any

from tests.api_client import Api, House
from tests.stories import KACHI, MEETINGS, SESSIONS, VISITS, add_contract, at, kachi, meeting, open_case, register
from tests.stories import session as record_session
from tests.stories import visit as record_visit

OTHER = "bridge"


def figures(api: Api, contract: str) -> dict[tuple[str, str], Any]:
    body = api.get(f"/reporting/api/v1/contracts/{contract}/report").accepted().body
    return {(one["indicator"], one["measure"]): one["actual"] for one in body["outputs"]}


def test_a_session_a_meeting_and_a_visit_move_as_previewed(house: House, worker: Api) -> None:
    add_contract(house.as_("admin"), {**kachi(), "contract": OTHER})
    mother = register(worker)
    case = open_case(worker, mother)
    admin = house.as_("admin")
    booked = {
        "case": (SESSIONS, record_session(worker, case, at(mother)).accepted().body),
        "groups": (MEETINGS, meeting(worker, at(mother), on="2021-03-02").accepted().body),
        "outreach": (
            VISITS,
            record_visit(worker, at(mother), on="2021-03-03", team_id="team-families", setting="home_visit")
            .accepted()
            .body,
        ),
    }
    for service, (address, entry) in booked.items():
        unit_id = entry.get("session_id") or entry.get("meeting_id") or entry["visit_id"]
        published = {**entry, "unit_id": unit_id, "segments": [{"contract_id": OTHER, "minutes": entry["minutes"]}]}
        house.settle()
        before = {one: figures(admin, one) for one in (KACHI, OTHER)}
        preview = admin.post("/reporting/api/v1/effects/figures", {"units": [published]}).accepted().body["items"]
        move = {"source": KACHI, "target": OTHER, "entries": [{"unit_id": unit_id, "version": entry["version"]}]}
        assert admin.post(f"/{service}/api/v1/moves", move).accepted().body == {"moved": [unit_id], "failed": []}
        house.settle()
        after = {one: figures(admin, one) for one in (KACHI, OTHER)}
        foreseen = {
            (one["contract_id"], (figure["indicator"], figure["measure"])): (figure["now"], figure["would"])
            for one in preview
            for figure in one["figures"]
            if (figure["indicator"], figure["measure"]) in after[KACHI]
        }
        assert foreseen == {
            (contract, name): (before[contract][name], value)
            for contract in after
            for name, value in after[contract].items()
            if value != before[contract][name]
        }
        assert foreseen, address
