"""Bad input changes nothing, and the answer is a problem document that names the field in the user's language."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from shared.ids import new_id
from tests.api_client import Api, House, Reply
from tests.in_process import NOW, copied, opened
from tests.stories import (
    GROUPS,
    MEETINGS,
    SESSIONS,
    VISITS,
    add_contract,
    at,
    id_of,
    kachi,
    meeting,
    meeting_body,
    met,
    open_case,
    register,
    session,
    session_body,
    token,
    visit_body,
)

PROBLEM = "application/problem+json"


@dataclass
class Scene:
    """A house with a family, its case, and a recorded session; and a person of another agency."""

    worker: Api
    outreach: Api
    mother: str
    case: str
    made: Reply

    def session(self, **changes: Any) -> dict[str, Any]:
        return session_body(self.case, at(self.mother), on="2021-03-05") | changes

    def meeting(self, **changes: Any) -> dict[str, Any]:
        return meeting_body(at(self.mother), on="2021-03-05") | changes

    def visit(self, **changes: Any) -> dict[str, Any]:
        return visit_body(at(self.mother), on="2021-03-05") | changes


@pytest.fixture(scope="module")
def scene(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with opened(copied(founded, tmp_path_factory.mktemp("bad-input") / "data")) as house:
        house.at(NOW)
        add_contract(house.as_("admin"), kachi())
        worker = house.as_("worker1")
        mother = register(worker)
        case = open_case(worker, mother)
        yield Scene(worker, house.as_("worker5"), mother, case, session(worker, case, at(mother)))


def heads(house: House) -> Mapping[str, int]:
    """The last position of every service: nothing was stored when they stand still."""
    found = {}
    for name, service in house.suite.services.items():
        with service.database.read() as connection:
            found[name] = service.store.head(connection)[0]
    return found


Body = Callable[[Scene], Mapping[str, Any]]

WRONG_FIELDS: dict[str, tuple[str, Body, str]] = {
    "unknown person in a session": (
        SESSIONS,
        lambda s: s.session(participants=[at(new_id("person"), "companion")]),
        "participants.0.person_id",
    ),
    "unknown person in a meeting": (
        MEETINGS,
        lambda s: s.meeting(participants=[at(new_id("person"), walk_in=True)]),
        "participants.0.person_id",
    ),
    "unknown person on a visit": (
        VISITS,
        lambda s: s.visit(participants=[met("contact-x1")]),
        "participants.0.person_id",
    ),
    "unknown contract of a session": (SESSIONS, lambda s: s.session(contract_id="nobody-1"), "contract_id"),
    "unknown contract of a meeting": (MEETINGS, lambda s: s.meeting(contract_id="nobody-1"), "contract_id"),
    "unknown contract of a visit": (VISITS, lambda s: s.visit(contract_id="nobody-1"), "contract_id"),
    "unknown place of a session": (SESSIONS, lambda s: s.session(place_id="Mrs Chan's flat"), "place_id"),
    "unknown place of a meeting": (MEETINGS, lambda s: s.meeting(place_id="Mrs Chan's flat"), "place_id"),
    "unknown place of a visit": (VISITS, lambda s: s.visit(place_id="place-nowhere"), "place_id"),
    "unknown organisation": (MEETINGS, lambda s: s.meeting(organisation_id="Chan & Sons"), "organisation_id"),
    "unknown mode": (SESSIONS, lambda s: s.session(mode="telepathy"), "mode"),
    "unknown role": (
        MEETINGS,
        lambda s: s.meeting(participants=[at(s.mother, "king", walk_in=True)]),
        "participants.0.role",
    ),
    "unknown setting": (VISITS, lambda s: s.visit(setting="moon"), "setting"),
    "end before start": (SESSIONS, lambda s: s.session(minutes=None, starts_at="15:00", ends_at="14:00"), "ends_at"),
    "end before start of a meeting": (
        MEETINGS,
        lambda s: s.meeting(minutes=None, starts_at="15:00", ends_at="14:00"),
        "ends_at",
    ),
    "twenty-five hours": (SESSIONS, lambda s: s.session(minutes=1500), "minutes"),
    "twenty-five hours on a visit": (VISITS, lambda s: s.visit(minutes=1500), "minutes"),
    "negative minutes": (SESSIONS, lambda s: s.session(minutes=-5), "minutes"),
    "negative minutes of a meeting": (MEETINGS, lambda s: s.meeting(minutes=-5), "minutes"),
    "a date in the future": (SESSIONS, lambda s: s.session(occurred_on="2021-03-16"), "occurred_on"),
    "a meeting in the future": (MEETINGS, lambda s: s.meeting(occurred_on="2021-03-16"), "occurred_on"),
    "a visit in the future": (VISITS, lambda s: s.visit(occurred_on="2021-03-16"), "occurred_on"),
    "no such day": (SESSIONS, lambda s: s.session(occurred_on="2021-02-30"), "occurred_on"),
    "a person twice in one meeting": (
        MEETINGS,
        lambda s: s.meeting(participants=[at(s.mother, walk_in=True), at(s.mother, walk_in=True)]),
        "participants.1.person_id",
    ),
    "neither member nor walk-in": (
        MEETINGS,
        lambda s: s.meeting(participants=[at(s.mother)]),
        "participants.0",
    ),
    "no person where one must be": (
        MEETINGS,
        lambda s: s.meeting(participants=[{"role": "family_member"}]),
        "participants.0.person_id",
    ),
    "a field that is not known": (SESSIONS, lambda s: s.session(ocurred_on="2021-03-01"), "ocurred_on"),
}


@pytest.mark.parametrize("language", ["en", "zh-HK"])
@pytest.mark.parametrize("case", WRONG_FIELDS)
def test_a_wrong_field_is_named_in_the_users_language_and_nothing_is_stored(
    scene: Scene, case: str, language: str
) -> None:
    path, body, field = WRONG_FIELDS[case]
    who = "worker5" if path == VISITS else "worker1"
    house = scene.worker.house
    before = heads(house)
    answer = house.as_(who, language=language).post(path, body(scene))
    assert (answer.status, answer.headers["Content-Type"]) == (422, PROBLEM)
    assert field in answer.fields
    message = next(one["message"] for one in answer.body["fields"] if one["path"] == field)
    assert _is_chinese(message) == (language == "zh-HK"), message
    assert heads(house) == before


def _is_chinese(text: str) -> bool:
    return any("一" <= letter <= "鿿" for letter in text)


@pytest.mark.parametrize(
    ("headers", "data", "status", "code"),
    [
        ({}, b'{"kind": ', 400, "malformed_json"),
        ({}, b"\xff\xfe", 400, "malformed_json"),
        ({"Idempotency-Key": ""}, b"{}", 400, "idempotency_key_missing"),
        ({"Content-Type": "text/plain"}, b"{}", 415, "wrong_content_type"),
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"a=b", 415, "wrong_content_type"),
        ({}, b'{"note": "' + b"x" * 1_000_001 + b'"}', 413, "too_large"),
    ],
)
@pytest.mark.parametrize("path", [SESSIONS, MEETINGS, VISITS])
@pytest.mark.parametrize("language", ["en", "zh-HK"])
def test_a_request_that_cannot_be_read_is_refused(
    scene: Scene, path: str, headers: dict[str, str], data: bytes, status: int, code: str, language: str
) -> None:
    house = scene.worker.house
    api = house.as_("worker5" if path == VISITS else "worker1", language=language)
    given = {**api.headers(), "Content-Type": "application/json", "Idempotency-Key": new_id("key"), **headers}
    if code == "idempotency_key_missing":
        data = _valid(scene, path)
    before = heads(house)
    answer = house.raw("POST", path, {name: value for name, value in given.items() if value}, data=data)
    assert (answer.status, answer.body["code"]) == (status, code)
    assert answer.headers["Content-Type"] == PROBLEM
    assert _is_chinese(answer.body["title"]) == (language == "zh-HK")
    assert heads(house) == before


def _valid(scene: Scene, path: str) -> bytes:
    bodies = {SESSIONS: scene.session, MEETINGS: scene.meeting, VISITS: scene.visit}
    return json.dumps(bodies[path]()).encode()


def test_a_key_used_for_another_body_is_refused(scene: Scene) -> None:
    scene.worker.post(SESSIONS, scene.session(), key="once").accepted()
    before = heads(scene.worker.house)
    answer = scene.worker.post(SESSIONS, scene.session(minutes=30), key="once")
    assert (answer.status, answer.headers["Content-Type"]) == (422, PROBLEM)
    assert heads(scene.worker.house) == before


def test_a_closed_case_takes_no_session(scene: Scene) -> None:
    case = open_case(scene.worker, scene.mother)
    path = f"/case/api/v1/cases/{case}"
    scene.worker.post(
        f"{path}/close", {"on": "2021-03-02", "reason": "goals_met"}, version=scene.worker.version_of(path)
    ).accepted()
    for api, where, body in (
        (scene.worker, SESSIONS, scene.session(case_id=case)),
        (scene.worker, VISITS, scene.visit(case_id=case, team_id="team-families", setting="home_visit")),
    ):
        before = heads(api.house)
        answer = api.post(where, body)
        assert (answer.status, answer.body["code"]) == (409, "case_closed"), answer.body
        assert heads(api.house) == before


def test_a_closed_group_takes_no_walk_in_and_an_ended_one_no_meeting(scene: Scene) -> None:
    worker = scene.worker
    body = {
        "title": "Closed group",
        "activity": "mutual_aid",
        "closed": True,
        "contract_id": "kachi-2",
        "team_id": "team-families",
        "from_date": "2021-01-04",
    }
    group = worker.post(GROUPS, body).accepted()
    path = f"{GROUPS}/{group.body['group_id']}"
    worker.post(f"{path}/open", {"on": "2021-01-04"}, version=group.version).accepted()
    walk_in = worker.post(MEETINGS, scene.meeting(group_id=group.body["group_id"]))
    assert (walk_in.status, walk_in.body["code"]) == (409, "group_closed")
    worker.post(f"{path}/end", {"on": "2021-02-01"}, version=worker.version_of(path)).accepted()
    ended = worker.post(MEETINGS, scene.meeting(group_id=group.body["group_id"], participants=[]))
    assert (ended.status, ended.body["code"]) == (409, "group_ended")


@pytest.mark.parametrize("language", ["en", "zh-HK"])
def test_versions_roles_and_agencies_are_checked(scene: Scene, language: str) -> None:
    house = scene.worker.house
    path = f"{SESSIONS}/{id_of(scene.made)}"
    body = scene.session() | {"reason": "typing_error"}
    before = heads(house)
    answers = {
        412: house.as_("worker1", language=language).put(path, body, version=7),
        428: house.as_("worker1", language=language).put(path, body),
        401: house.raw("PUT", path, {"Accept-Language": language}, body),
        403: house.as_("funder", language=language).put(path, body, version=1),
        404: house.as_("harbour-leader", language=language).put(path, body, version=1),
    }
    for status, answer in answers.items():
        assert (answer.status, answer.headers["Content-Type"]) == (status, PROBLEM)
        assert _is_chinese(answer.body["title"]) == (language == "zh-HK")
    assert heads(house) == before


def test_a_token_of_another_agency_is_not_known_on_a_visit(scene: Scene) -> None:
    harbour = scene.worker.house.as_("harbour-worker")
    theirs = harbour.post("/outreach/api/v1/contacts", {"alias": "Sailor", "team_id": "team-harbour"}).accepted()
    answer = scene.outreach.post(VISITS, visit_body(met(theirs.body["contact_id"])))
    assert (answer.status, answer.fields) == (422, ["participants.0.person_id"])
    assert token(scene.outreach)


def test_a_planned_session_may_lie_in_the_future(scene: Scene) -> None:
    planned = scene.worker.post(f"{SESSIONS}/plan", scene.session(occurred_on="2021-04-30", status="planned"))
    assert planned.status == 201
    assert meeting(scene.worker, at(scene.mother)).status == 201
