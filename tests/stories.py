"""What workers do, in few words, for tests that tell a story through the API."""

from typing import Any

from deploy.demo.documents import document
from tests.api_client import Api, Reply, unique

SESSIONS, PEOPLE, CASES = "/case/api/v1/sessions", "/case/api/v1/people", "/case/api/v1/cases"
MEETINGS, GROUPS = "/groups/api/v1/meetings", "/groups/api/v1/groups"
VISITS, CONTACTS = "/outreach/api/v1/visits", "/outreach/api/v1/contacts"
ASSESSMENTS, TALLIES = "/case/api/v1/assessments", "/case/api/v1/tallies"
CONTRACTS = "/reporting/api/v1/contracts"
KACHI = "kachi-2"

Figure = tuple[str, str]


def kachi(**counting: Any) -> dict[str, Any]:
    """The document of 家持II without its minimum length, with changed counting rules."""
    whole = document(KACHI)
    whole["counting"] = {**whole["counting"], "minimum_minutes": 0, **counting}
    return whole


def add_contract(api: Api, whole: dict[str, Any]) -> str:
    reply = api.post(CONTRACTS, {"document": whole}).accepted()
    return str(reply.body["contract_id"])


def register(api: Api, role: str = "family_member", *, groups: tuple[str, ...] = (), **more: Any) -> str:
    """Register somebody with a role and target groups from 2018 on; returns the id."""
    team = "team-outreach" if role == "drug_user" else "team-families"
    body = {
        "name_en": unique("Somebody "),
        "team_id": team,
        "roles": [{"role": role, "from_date": "2018-01-01"}],
        "target_groups": [{"target_group": group, "from_date": "2018-01-01"} for group in groups],
        **more,
    }
    return str(api.post(PEOPLE, body).accepted().body["person_id"])


def open_case(api: Api, *people: str, on: str = "2018-06-04", contract: str | None = KACHI, **more: Any) -> str:
    """Open a family's case with these members; returns the id."""
    body = {
        "kind": "family",
        "contract_id": contract,
        "team_id": "team-families",
        "stage": "open",
        "on": on,
        "members": [{"person_id": person, "relationship": "mother", "from_date": on} for person in people],
        **more,
    }
    return str(api.post(CASES, body).accepted().body["case_id"])


def at(person_id: str, role: str = "family_member", **more: Any) -> dict[str, Any]:
    """Somebody at a session."""
    return {"person_id": person_id, "role": role, **more}


def session_body(case_id: str, *people: dict[str, Any], on: str = "2021-03-01", **more: Any) -> dict[str, Any]:
    body = {
        "kind": "case_session",
        "case_id": case_id,
        "contract_id": KACHI,
        "occurred_on": on,
        "minutes": 60,
        "activity": "follow_up",
        "participants": list(people),
        **more,
    }
    return {name: value for name, value in body.items() if value is not ...}


def session(api: Api, case_id: str, *people: dict[str, Any], on: str = "2021-03-01", **more: Any) -> Reply:
    """Record a casework session; `name=...` (an ellipsis) leaves a field out."""
    return api.post(SESSIONS, session_body(case_id, *people, on=on, **more))


def meeting_body(*people: dict[str, Any], on: str = "2021-03-01", **more: Any) -> dict[str, Any]:
    body = {
        "kind": "group_meeting",
        "contract_id": KACHI,
        "team_id": "team-families",
        "activity": "mutual_aid",
        "occurred_on": on,
        "minutes": 90,
        "participants": [{"walk_in": person["role"] in ("family_member", "drug_user"), **person} for person in people],
        **more,
    }
    return {name: value for name, value in body.items() if value is not ...}


def meeting(api: Api, *people: dict[str, Any], on: str = "2021-03-01", **more: Any) -> Reply:
    """Record a meeting; family members and people who use drugs walk in."""
    return api.post(MEETINGS, meeting_body(*people, on=on, **more))


def visit_body(*people: dict[str, Any], on: str = "2021-03-01", **more: Any) -> dict[str, Any]:
    body = {
        "contract_id": KACHI,
        "team_id": "team-outreach",
        "occurred_on": on,
        "minutes": 90,
        "setting": "outreach",
        "participants": list(people),
        **more,
    }
    return {name: value for name, value in body.items() if value is not ...}


def visit(api: Api, *people: dict[str, Any], on: str = "2021-03-01", **more: Any) -> Reply:
    """Record an outreach visit."""
    return api.post(VISITS, visit_body(*people, on=on, **more))


def token(api: Api, alias: str | None = None, *, groups: tuple[str, ...] = ("hidden",)) -> str:
    """Register somebody with a street name only; returns the id."""
    body = {"alias": alias or unique("alias"), "team_id": "team-outreach", "target_groups": list(groups)}
    return str(api.post(CONTACTS, body).accepted().body["contact_id"])


def met(person_id: str, **more: Any) -> dict[str, Any]:
    """A hidden person who uses drugs, met on a visit."""
    return {"person_id": person_id, "role": "drug_user", "target_groups": ["hidden"], **more}


def practitioner(api: Api) -> str:
    body = {"name": unique("Practitioner "), "organisation": "Some Hospital", "post": "Nurse"}
    return str(api.post("/groups/api/v1/practitioners", body).accepted().body["practitioner_id"])


def sector(api: Api, activity: str, minutes: int, *people: str, on: str = "2021-03-01", **more: Any) -> Reply:
    """Record an event for the sector."""
    present = [at(person, "practitioner") for person in people]
    return meeting(api, *present, on=on, kind="sector_event", activity=activity, minutes=minutes, **more)


def assess(
    api: Api, person: str | None, phase: str, on: str, total: int, *, instrument: str = "bdf20", **more: Any
) -> Reply:
    """Record one questionnaire of a person; PHQ-9 needs `answers` in `more`."""
    body = {
        "person_id": person,
        "instrument": instrument,
        "instrument_version": "zh-HK-1" if instrument == "phq9" else "DEMO",
        "language": "zh-Hant",
        "phase": phase,
        "assessed_on": on,
        "contract_id": KACHI,
        "total": total,
        **more,
    }
    return api.post(ASSESSMENTS, {name: value for name, value in body.items() if value is not ...})


IDS = ("assessment_id", "session_id", "meeting_id", "visit_id", "unit_id")


def id_of(reply: Reply) -> str:
    """The id of what was made."""
    body = reply.accepted().body
    return str(next(body[name] for name in IDS if body.get(name)))


def void(api: Api, collection: str, reply: Reply, reason: str = "duplicate") -> Reply:
    return api.post(f"{collection}/{id_of(reply)}/void", {"reason": reason}, version=reply.version)


def moved(before: dict[Figure, Any], after: dict[Figure, Any]) -> dict[Figure, Any]:
    """Which figures moved, and by how much."""
    return {figure: after[figure] - before[figure] for figure in after if after[figure] != before[figure]}
