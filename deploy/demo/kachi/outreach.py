"""The rest of output 3: trips that meet several people, tokens identified later, home visits, own sessions, online."""

from dataclasses import dataclass
from datetime import date, timedelta

from deploy.demo.kachi.casework import SESSIONS, VISITS, session_body
from deploy.demo.kachi.cast import CONTRACT, DRUG_USERS, END, TOKENS, TRIP_SIZES, Cast, known_from
from deploy.demo.staff import OUTREACH_TEAM, OUTREACH_WORKERS, account_id
from deploy.demo.steps import Body, Order, made_id
from deploy.demo.world import present

PLACES = (
    ("通州街一帶", "sham_shui_po"),
    ("渡船角公園", "yau_tsim_mong"),
    ("旺角夜街", "yau_tsim_mong"),
    ("深水埗天橋底", "sham_shui_po"),
    ("網上遊戲社群", "elsewhere"),
)
NAMELESS = DRUG_USERS  # D71 never gave a name
TWO_TOKENS = 47  # met twice under two street names, found to be one person later
MARKS = ("左手有紋身，常在便利店門外。", "戴黑色鴨舌帽，晚上十時後出現。", "Usually with a white dog.")


@dataclass(frozen=True, slots=True)
class Token:
    """Somebody outreach knows by a street name only."""

    contact_id: str
    target_group: str


def add_outreach(cast: Cast) -> None:
    """Add places, trips, tokens and everything that follows from them for output 3."""
    add_places(cast)
    nameless = add_token(cast, "nameless", cast.trips[-1], 0)
    _identified_by_mistake(cast, nameless)
    _first_trips(cast, nameless)
    _second_trips(cast, nameless)
    _second_token(cast)
    _alone_at_home(cast)
    _online(cast)
    _own_sessions(cast)


def place_id(number: int) -> str:
    return made_id("place", f"kachi {number}")


def add_places(cast: Cast) -> None:
    for number, (name, district) in enumerate(PLACES):
        body: Body = {"id": place_id(number), "name": name, "district": district}
        cast.world.plan.add(
            cast.world.start - timedelta(days=25),
            Order.FRAME,
            "leader2",
            "/outreach/api/v1/places",
            body,
            resource=body["id"],
        )


def add_token(cast: Cast, name: str, day: date, place: int, *, groups: tuple[str, ...] = ("hidden",)) -> Token:
    """Register somebody who gave a street name only."""
    world = cast.world
    body: Body = {
        "id": made_id("contact", f"kachi {name}"),
        "alias": world.names.alias(),
        "marks": world.rng.choice(MARKS),
        "place_id": place_id(place),
        "team_id": OUTREACH_TEAM,
        "role": "drug_user",
        "target_groups": list(groups),
    }
    world.plan.add(
        day, Order.FRAME, OUTREACH_WORKERS[place % 3], "/outreach/api/v1/contacts", body, resource=body["id"]
    )
    return Token(body["id"], (*groups, "")[0])


def token_present(token: Token, **more: object) -> Body:
    groups = [token.target_group] if token.target_group else []
    return {"person_id": token.contact_id, "role": "drug_user", "target_groups": groups, **more}


def identify(cast: Cast, token: Token, person_id: str, day: date) -> None:
    """Find out who the one with the street name is."""
    cast.world.plan.add(
        day,
        Order.LINK,
        "leader2",
        f"/outreach/api/v1/contacts/{token.contact_id}/identify",
        {"person_id": person_id},
        resource=token.contact_id,
        based_on=True,
        known_elsewhere=True,
    )


def trip_body(cast: Cast, day: date, place: int, minutes: int = 180, workers: tuple[str, ...] = ()) -> Body:
    """An outreach trip without its people."""
    workers = workers or (OUTREACH_WORKERS[place % 3], OUTREACH_WORKERS[(place + 1) % 3])
    day, start = cast.world.hour(workers, day, minutes, starts=("20:00", "19:30", "16:00"))
    return {
        "id": made_id("visit", cast.world.nth("visit")),
        "contract_id": CONTRACT,
        "team_id": OUTREACH_TEAM,
        "occurred_on": day.isoformat(),
        "starts_at": start,
        "minutes": minutes,
        "mode": "in_person",
        "setting": "outreach",
        "activity": "contact",
        "place_id": place_id(place),
        "served_by": [account_id(worker) for worker in workers],
    }


def _person(cast: Cast, index: int, day: date) -> Body:
    person = cast.drug[index]
    return present(person, day, target_groups=list(person.target_groups))


def _first_trips(cast: Cast, nameless: Token) -> None:
    first = 0
    for trip, size in enumerate(TRIP_SIZES):
        body = trip_body(cast, cast.trips[trip], trip % 4)
        day = date.fromisoformat(body["occurred_on"])
        body["participants"] = [_met(cast, index, day, trip, nameless) for index in range(first, first + size)]
        body["unidentified_count"] = trip % 3
        first += size
        cast.world.enter(VISITS, body, OUTREACH_WORKERS[trip % 4 % 3])


def _met(cast: Cast, index: int, day: date, trip: int, nameless: Token) -> Body:
    if index == NAMELESS:
        return token_present(nameless)
    if index not in TOKENS:
        return _person(cast, index, day)
    token = add_token(cast, f"D{index}", cast.trips[trip], trip % 4)
    identify(cast, token, cast.drug[index].on(known_from(cast, index)), known_from(cast, index) + timedelta(days=1))
    return token_present(token)


def _second_trips(cast: Cast, nameless: Token) -> None:
    """D66 to D71 are met again, three on each of two trips."""
    for nth, indexes in enumerate(((66, 67, 68), (69, 70, NAMELESS))):
        body = trip_body(cast, cast.trips[-1] + timedelta(days=30 + 20 * nth), nth)
        day = date.fromisoformat(body["occurred_on"])
        body["participants"] = [
            token_present(nameless) if index == NAMELESS else _person(cast, index, day) for index in indexes
        ]
        cast.world.enter(VISITS, body, OUTREACH_WORKERS[nth])


def _second_token(cast: Cast) -> None:
    """D47 is met again by colleagues who did not know: a second street name for the same person."""
    day = known_from(cast, TWO_TOKENS) + timedelta(days=20)
    token = add_token(cast, "D47 again", day, 1)
    body = trip_body(cast, day, 1)
    body["participants"] = [token_present(token)]
    typed = cast.world.enter(VISITS, body, OUTREACH_WORKERS[1])
    identify(cast, token, cast.drug[TWO_TOKENS].person_id, typed + timedelta(days=16))


def _alone_at_home(cast: Cast) -> None:
    """D45 to D50 are visited at home once, except D47, who was met in the street."""
    for index in (45, 46, 48, 49, 50):
        user = cast.drug[index]
        day, start = cast.world.hour((user.worker,), known_from(cast, index) + timedelta(days=25), 60)
        body = trip_body(cast, day, index % 4, 60, (user.worker,)) | {"setting": "home_visit", "starts_at": start}
        body |= {"case_id": cast.own_cases[index].case_id, "activity": "follow_up", "occurred_on": day.isoformat()}
        del body["place_id"]
        body["participants"] = [_person(cast, index, day)]
        cast.own_cases[index].used(cast.world.enter(VISITS, body, user.worker))


def _online(cast: Cast) -> None:
    """D0 to D19 are met once more in chats by voice, four at a time; that is no outreach in the street."""
    for nth in range(5):
        body = trip_body(cast, date(2020, 3, 10) + timedelta(days=50 * nth), 4, 60)
        body |= {"mode": "online", "setting": "online"}
        day = date.fromisoformat(body["occurred_on"])
        body["participants"] = [_person(cast, index, day) for index in range(4 * nth, 4 * nth + 4)]
        cast.world.enter(VISITS, body, OUTREACH_WORKERS[nth % 3])


def _own_sessions(cast: Cast) -> None:
    """Own sessions: D20 to D50 as their third contact, D51 to D65 as their second."""
    world = cast.world
    for index in (*range(20, 51), *range(51, 66)):
        user, case = cast.drug[index], cast.case_of_drug_user(index)
        assert case is not None
        wait = 95 if index < 51 else 40
        day = min(known_from(cast, index) + timedelta(days=wait), END - timedelta(days=6))
        # A family's case is the family team's: its worker enters the session that a colleague from outreach held.
        day, start = world.hour((user.worker,), day, 60)
        body = session_body(world.nth("session"), case, day, start, 60, world.mode(day))
        body["served_by"] = [account_id(user.worker)]
        if index % 9 == 0:
            body |= {"mode": "in_person", "setting": "school"}
        body["participants"] = [present(user, day, **({"status": "late"} if index % 8 == 0 else {}))]
        case.used(world.enter(SESSIONS, body, case.worker))


def _identified_by_mistake(cast: Cast, nameless: Token) -> None:
    """Somebody takes the nameless one for D5; the mistake is found and undone."""
    world = cast.world
    day = cast.trips[-1] + timedelta(days=70)
    identify(cast, nameless, cast.drug[5].person_id, day)
    world.plan.add(
        day + timedelta(days=9),
        Order.LINK,
        "leader2",
        f"/outreach/api/v1/contacts/{nameless.contact_id}/unidentify",
        {"reason": "wrong_person"},
        resource=nameless.contact_id,
        based_on=True,
        known_elsewhere=True,
    )
