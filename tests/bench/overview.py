"""A funder's overview over many contracts of several agencies, each with a sealed report of the demo's size."""

from collections.abc import Iterator
from datetime import date

from werkzeug.test import Client

from services.reporting.contracts.handlers import put_contract
from services.reporting.figures.reports import contract_report
from services.reporting.submissions.events import PeriodLocked, ReportSubmitted
from services.suite import Suite
from shared.eventstore import Work
from shared.testing.people import PASSWORD
from shared.web.access import COOKIE
from tests.bench.figures import DOCUMENT, FIRST_DAY, meta, suite
from tests.bench.measure import Ratio, in_turns, seconds

ADDRESS = "/reporting/overview"
MOST_MS = 200
LAST_DAY = date(2018, 11, 30)
PER_AGENCY = 10
WHOLE = {
    "people": 260,
    "practitioners": 86,
    "sessions": 2109,
    "attendances": 4357,
    "minutes": 156_190,
    "kinds": ["case_session", "group_meeting", "sector_event", "support_session", "visit"],
}


def run(scale: float) -> Iterator[Ratio]:
    """The page over many contracts against the same over ten, and against what it may take."""
    many = max(2, int(600 * scale))
    few = min(10, many)
    with suite() as house:
        fill(house, many)
        large, small = (reader(house, f"funder-{place}", count) for place, count in enumerate((many, few)))

        def page(funder: Client) -> float:
            def get() -> None:
                answer = funder.get(ADDRESS)
                assert answer.status_code == 200, answer.text

            return 1000 * seconds(get)

        ours, other = in_turns(9, lambda: page(large), lambda: page(small))
    name = f"a funder's overview of {many} contracts"
    yield Ratio(name=f"{name} against of {few}", ours=ours, other=other, unit="ms", aim=None)
    yield Ratio(name=f"{name} against its limit", ours=ours, other=MOST_MS, unit="ms", aim=1, at_least=False)


def fill(into: Suite, contracts: int) -> None:
    """Register contracts, ten an agency, each with one submitted report as large as the demo's."""
    service = into.services["reporting"]
    for number in range(contracts):
        agency_id, contract_id = f"agency-{number // PER_AGENCY}", f"contract-{number}"
        if number % PER_AGENCY == 0:
            into.accounts.create_agency(f"Agency {number // PER_AGENCY}", agency_id=agency_id)
        put_contract(service, meta(agency_id), {**DOCUMENT, "contract": contract_id})
        reported = {"reporting_period": {"from": FIRST_DAY.isoformat(), "to": LAST_DAY.isoformat()}}
        document = {**contract_report(service, agency_id, contract_id), **reported}

        def body(work: Work, place: tuple[str, str] = (agency_id, contract_id), sent: object = document) -> None:
            agency_id, contract_id = place
            period = {"first_day": FIRST_DAY, "last_day": LAST_DAY}
            locked = PeriodLocked(contract_id=contract_id, locked_on=LAST_DAY, cut="", **period)
            report = ReportSubmitted(
                contract_id=contract_id,
                number=1,
                definition_version=1,
                cut="",
                document=sent,  # type: ignore[arg-type]
                digest="",
                entries=0,
                whole=WHOLE,
            )
            work.append(f"report-{agency_id}-{contract_id}", [locked, report], 0)

        service.store.run(meta(agency_id), body)


def reader(house: Suite, username: str, contracts: int) -> Client:
    """The browser of a funder with an account at the first agency, whom the others let read."""
    by_agency: dict[str, list[str]] = {}
    for number in range(contracts):
        by_agency.setdefault(f"agency-{number // PER_AGENCY}", []).append(f"contract-{number}")
    first, *others = by_agency
    house.accounts.create_account(
        first,
        username=username,
        password=PASSWORD,
        display_name="Fund",
        role="funder",
        contract_ids=by_agency[first],
    )
    for agency_id in others:
        house.accounts.let_read(agency_id, username, by_agency[agency_id])
    client = Client(house.app)
    client.set_cookie(COOKIE, house.accounts.sign_in(username, PASSWORD).token)
    return client
