"""The people of 家持II: family members F0..F187, people who use drugs D0..D70, and the cases of both.

F0..F147 are those of the groups, F40..F187 those of casework, so the two groups of 148 overlap in 108.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

from deploy.demo.staff import FAMILY_TEAM, FAMILY_WORKERS, OUTREACH_TEAM, OUTREACH_WORKERS
from deploy.demo.steps import Plan, made_id
from deploy.demo.world import Case, Person, World

CONTRACT = "kachi-2"
START, END = date(2018, 6, 1), date(2021, 5, 31)
LAST_ENTRY = date(2021, 6, 25)

GROUP_PEOPLE, CASE_PEOPLE, CASE_FROM = 148, 148, 40
DRUG_USERS = 71  # and one hidden person who never gave a name
TRIP_SIZES = (5, 3, 4) * 6
PAIRS = 24  # the first families in which two family members are served
LINKED = 45  # the first people who use drugs whose families have a case
FIRST_LINKED_CASE = 24
TOKENS = range(36, 61)  # met under a street name first, registered later
DUPLICATED, MISTAKEN = 100, (110, 111)  # family members: registered twice; merged by mistake

RELATIONSHIPS = ("mother", "father", "spouse", "sister", "brother", "parent", "daughter", "son")


@dataclass(slots=True)
class Cast:
    """Everybody whom 家持II counts, and what ties them together."""

    world: World
    family: list[Person]
    drug: list[Person]
    duplicate: Person
    trips: list[date]
    trip_of: list[int]
    family_cases: list[Case] = field(default_factory=list)
    own_cases: dict[int, Case] = field(default_factory=dict)

    def case_person(self, index: int) -> Person:
        """The casework's nth family member."""
        return self.family[CASE_FROM + index]

    def case_of(self, index: int) -> Case:
        """The family case of casework's nth family member."""
        return self.family_cases[index // 2 if index < 2 * PAIRS else index - PAIRS]

    def case_of_drug_user(self, index: int) -> Case | None:
        """The case in which a person who uses drugs is seen: the family's, or an own one."""
        return self.family_cases[FIRST_LINKED_CASE + index] if index < LINKED else self.own_cases.get(index)

    def worker_of(self, person: Person) -> str:
        return person.worker


def make_cast(plan: Plan) -> Cast:
    """Make the people and open their cases."""
    world = World(plan=plan, seed=CONTRACT, contract=CONTRACT, start=START, end=END, latest=LAST_ENTRY)
    family = [
        world.person(f"F{n}", "family_member", FAMILY_TEAM, FAMILY_WORKERS[n % 4])
        for n in range(CASE_FROM + CASE_PEOPLE)
    ]
    drug = [
        world.person(
            f"D{n}",
            "drug_user",
            OUTREACH_TEAM,
            OUTREACH_WORKERS[n % 3],
            target_groups=("hidden",) if n in TOKENS or n % 3 == 0 else ("low_motivation",),
            alias_only=n in TOKENS or n > 64,
        )
        for n in range(DRUG_USERS)
    ]
    duplicate = world.person("F100 again", "family_member", FAMILY_TEAM, FAMILY_WORKERS[1])
    trips = [START + timedelta(days=34 + 45 * n) for n in range(len(TRIP_SIZES))]
    trip_of = [trip for trip, size in enumerate(TRIP_SIZES) for _ in range(size)]
    cast = Cast(world, family, drug, duplicate, trips, trip_of)
    _open_family_cases(cast)
    _open_own_cases(cast)
    return cast


def known_from(cast: Cast, index: int) -> date:
    """The day on which a person who uses drugs is registered: soon after the trip that met a token, or before it."""
    trip = cast.trips[cast.trip_of[index]]
    return trip + timedelta(days=12 + index % 9) if index in TOKENS else trip - timedelta(days=9 + index % 8)


def _open_family_cases(cast: Cast) -> None:
    count = CASE_PEOPLE - PAIRS
    for number in range(count):
        indexes = (2 * number, 2 * number + 1) if number < PAIRS else (number + PAIRS,)
        people = [cast.case_person(index) for index in indexes]
        members = [(person, RELATIONSHIPS[(number + n) % 8]) for n, person in enumerate(people)]
        linked = number - FIRST_LINKED_CASE
        if 0 <= linked < LINKED:
            opened = known_from(cast, linked)
            members.append((cast.drug[linked], "son"))
        elif number < PAIRS:
            opened = START + timedelta(days=3 + 11 * number)
        else:
            opened = START + timedelta(days=20 + 13 * (number - FIRST_LINKED_CASE - LINKED))
        case = Case(
            made_id("case", f"kachi family {number}"),
            f"KF{opened.year % 100}-{number + 1:03d}",
            people[0].worker,
            opened,
            members,
            CONTRACT,
        )
        cast.family_cases.append(cast.world.open_case(case, stage="intake" if number % 12 == 5 else "open"))
        if number % 12 == 5:
            cast.world.move_case(case, "open", case.opened)


def _open_own_cases(cast: Cast) -> None:
    for index in range(LINKED, 66):
        person, opened = cast.drug[index], known_from(cast, index)
        case = Case(
            made_id("case", f"kachi person {index}"),
            f"KP{opened.year % 100}-{index:03d}",
            person.worker,
            opened,
            [(person, "self")],
            CONTRACT,
            kind="person",
        )
        cast.own_cases[index] = cast.world.open_case(case)
