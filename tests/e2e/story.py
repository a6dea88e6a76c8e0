"""The story of one contract, as docs/tutorial.md tells it: written, logged for, reported, corrected, reported again.

Every word that is looked for on a page through `told` stands in the tutorial, so that it stays true.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, expect

from deploy.demo.documents import document
from services.reporting.contracts.document import definition_of
from tests.api_client import unique
from tests.e2e.browsing import ENGLISH, Visitor
from tests.e2e.builder import go_on, write_contract

TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial.md"
FIRST, LAST = "2025-01-01", "2027-12-31"
HALF_YEAR, NEXT_HALF_YEAR = "2025-06-30", "2025-12-31"
FIGURES = ("output-1/persons", "output-1/sessions", "output-1/attendances", "output-2/persons", "output-2/sessions")


def told(words: str) -> str:
    """The words, which the tutorial must quote."""
    text = " ".join(TUTORIAL.read_text(encoding="utf-8").split())
    assert f"**{words}**" in text, f"docs/tutorial.md does not say **{words}**."
    return words


@dataclass(frozen=True, slots=True)
class Story:
    """A leader and a worker of one team; `shown` is called where the tutorial has a picture."""

    leader: Visitor
    worker: Visitor
    shown: Callable[[Page, str], None]
    contract: str
    mark: str
    """What makes the aliases of this story's people its own, where others are called so too."""

    @classmethod
    def begin(cls, leader: Visitor, worker: Visitor, shown: Callable[[Page, str], None], mark: str = "") -> "Story":
        """Sign both in."""
        leader.sign_in("leader1", ENGLISH)
        worker.sign_in("worker1", ENGLISH)
        return cls(leader, worker, shown, unique("kachi-3-"), mark)

    @property
    def periods(self) -> str:
        return f"/reporting/contracts/{self.contract}/periods"

    def tell(self) -> None:
        """All of it, in order."""
        self.write()
        case, meeting = self.log()
        self.submit(HALF_YEAR)
        self.correct(meeting)
        self.come_late(case)
        self.merge()
        self.vary()
        self.submit_again()
        self.read_restatement()
        self.verify_first()

    def write(self) -> None:
        """1. The leader writes the contract in the builder."""
        write_contract(self.leader.page, document("kachi-2"), self.contract, FIRST, LAST)
        self.says_what_was_agreed()
        self.figures_are("0, 0, 0, 0, 0")
        self.shown(self.leader.page, "tutorial-contract.png")

    def says_what_was_agreed(self) -> None:
        """What was typed counts exactly as 家持II does."""
        read = self.leader.page.request.get(f"/reporting/api/v1/contracts/{self.contract}").json()
        built, agreed = definition_of(read["document"]), definition_of(document("kachi-2"))
        assert (built.outputs, built.outcomes, built.counting) == (agreed.outputs, agreed.outcomes, agreed.counting)
        assert [one.title for one in built.deliverables] == [one.title for one in agreed.deliverables]

    def log(self) -> tuple[str, str]:
        """2. The worker logs a session and two meetings; returns the addresses of the case and the first meeting."""
        self.register("Ah Ching")
        self.register("Ming's mother")
        case = self.open_case("Ah Ching")
        self.log_session(case, "2025-03-03")
        group = self.open_group("Ah Ching", "Ming's mother")
        meeting = self.log_meeting(group, "2025-04-10")
        self.log_meeting(group, "2025-04-24", absent="Ah Ching", walk_in="Ching's mum")
        self.figures_are("3, 2, 4, 1, 1")
        return case, meeting

    def register(self, alias: str) -> None:
        page = self.worker.page
        page.goto("/case/people/new")
        page.locator("#alias").fill(self.named(alias))
        page.locator("#role .chip", has=page.locator("[value=family_member]")).click()
        page.locator("#from_date").fill("2025-01-02")
        save(page)
        page.wait_for_url("**/case/people/person-*")

    def open_case(self, alias: str) -> str:
        page = self.worker.page
        page.goto("/case/cases/new")
        page.locator("main #q").fill(self.named(alias))
        page.locator("button[name=find]:not(.visually-hidden)").click()
        page.locator("button[name=add]").click()
        page.locator("#on").fill("2025-01-02")
        page.locator("#contract_id").select_option(self.contract)
        save(page)
        page.wait_for_url("**/case/cases/case-*")
        return page.url

    def log_session(self, case: str, day: str) -> None:
        page = self.worker.page
        page.goto(case)
        page.get_by_role("link", name="Log a session", exact=True).click()
        page.locator("#day .chip", has=page.locator("[value=other]")).click()
        page.locator("#occurred_on").fill(day)
        page.locator("#minutes .chip", has=page.locator("[value='45']")).click()
        choose_contract(page, self.contract)
        save(page)

    def open_group(self, *members: str) -> str:
        page = self.worker.page
        page.goto("/groups/groups/new")
        page.locator("#title").fill(self.named("Carers' evening"))
        page.locator("#activity").select_option("mutual_aid")
        page.locator("#contract_id").select_option(self.contract)
        page.locator("#from_date").fill("2025-04-01")
        save(page)
        page.wait_for_url("**/groups/groups/group-*")
        group = page.url
        page.locator("#on").fill("2025-04-01")
        save(page)
        for alias in members:
            page.goto(f"{group}/members/new")
            page.locator("#role").select_option("family_member")
            page.locator("#from_date").fill("2025-04-01")
            page.locator("main #q").fill(self.named(alias))
            page.locator("button[name=find]").click()
            page.locator("button[name=person_id]").click()
            page.wait_for_url(group)
        return group

    def log_meeting(self, group: str, day: str, *, absent: str = "", walk_in: str = "") -> str:
        page = self.worker.page
        page.goto(f"/groups/meetings/new?group_id={group.rsplit('/', 1)[1]}")
        page.locator("#occurred_on").fill(day)
        page.locator("#minutes").fill("90")
        if walk_in:
            page.locator("main #q").fill(self.named(walk_in))
            page.locator("button[name=find]:not(.visually-hidden)").click()
            page.locator("button[name=register]").click()
            page.locator(".person[data-place=walk_in]").wait_for()
        if absent:
            page.locator(".person .name", has_text=self.named(absent)).click()
            self.shown(page, "tutorial-roster.png")
        save(page)
        page.wait_for_url("**/groups/meetings/meeting-*")
        return page.url

    def submit(self, last_day: str) -> None:
        """3. and 8. The leader locks a period and sends its report."""
        page = self.leader.page
        page.goto(f"{self.periods}/{last_day}")
        press(page, "Lock")
        press(page, "Submit the report")
        expect(page.locator("section[aria-labelledby=reports]")).to_contain_text("Report 1")

    def correct(self, meeting: str) -> None:
        """4. The worker corrects a meeting, and reads first what that does to the report."""
        page = self.worker.page
        page.goto(f"{meeting}/correct")
        person = page.locator(".person", has_text=self.named("Ming's mother"))
        person.locator(".chip", has=page.locator("[value=excused]")).click()
        page.locator("#reason").select_option("attendance_wrong")
        save(page)
        expect(page.locator(".error-summary .effects")).to_contain_text(told("4 → 3"))
        self.shown(page, "tutorial-effects.png")
        save(page)
        page.wait_for_url(meeting)
        self.figures_are("3, 2, 3, 1, 1")

    def come_late(self, case: str) -> None:
        """5. A session of the reported half-year is entered late; the leader confirms it."""
        self.log_session(case, "2025-06-20")
        page = self.worker.page
        expect(page.locator(".error-summary .effects")).to_contain_text(told("1 → 2"))
        save(page)
        page.wait_for_url("**/case/sessions/session-*")
        self.figures_are("3, 2, 3, 1, 2")

    def merge(self) -> None:
        """6. Two records turn out to be one person."""
        page = self.leader.page
        page.goto("/case/people")
        page.locator("main #q").fill(self.named("Ching's mum"))
        page.keyboard.press("Enter")
        page.get_by_role("link", name=self.named("Ching's mum")).first.click()
        page.get_by_role("link", name="Merge").click()
        page.locator("main #q").fill(self.named("Ah Ching"))
        page.locator("button[name=find]").click()
        page.locator("button[name=into]").click()
        expect(page.locator(".error-summary .effects")).to_contain_text(told("3 → 2"))
        page.locator("button[name=into]").click()
        page.wait_for_url("**/case/people/person-*")
        self.figures_are("2, 2, 3, 1, 2")

    def vary(self) -> None:
        """7. The funder approves another target."""
        page = self.leader.page
        page.goto(f"/reporting/contracts/{self.contract}/revise")
        page.locator("form[action$='/drafts'] .btn-primary").click()
        page.wait_for_url("**/parties")
        page.goto(page.url.replace("/parties", "/targets"))
        target = "outputs.1.measures.1"
        page.locator(f"[id='{target}'] summary").click()
        page.locator(f"button[value='add:{target}.variations']").click()
        page.locator(f"[id='{target}.variations.0.approval']").fill("BDF/2025/17")
        page.locator(f"[id='{target}.variations.0.effective']").fill("2025-10-01")
        page.locator(f"[id='{target}.variations.0.target.total']").fill("400")
        for following in ("deliverables", "review", self.contract):
            go_on(page, following)
        expect(page.locator(".measure", has_text=told("Agreed at first: 500"))).to_have_count(1)

    def submit_again(self) -> None:
        """8. The next half-year is reported, with what came late for the first."""
        page = self.leader.page
        page.goto(f"{self.periods}/{NEXT_HALF_YEAR}")
        press(page, "Lock")
        page.locator(".notice", has_text="late entries wait").get_by_role("link").click()
        page.locator("#reason .chip", has=page.locator("[value=outside_office]")).click()
        press(page, "Confirm late entries")
        page.goto(f"{self.periods}/{NEXT_HALF_YEAR}")
        press(page, "Submit the report")

    def read_restatement(self) -> None:
        """9. What has become of the first report in the second."""
        page = self.leader.page
        page.goto(f"{self.periods}/{HALF_YEAR}/reports/1/restatement?to={NEXT_HALF_YEAR}/1")
        self.shown(page, "tutorial-restatement.png")
        rows = [row.split("\t") for row in page.locator("section[aria-labelledby=figures] tbody tr").all_inner_texts()]
        # Then, by entries, by merges, by a longer period, by a changed contract, later.
        moved = [told(", ".join(row[1:])) for row in rows]
        assert moved == ["3, –, −1, –, –, 2", "4, −1, –, –, –, 3", "1, +1, –, –, –, 2"]

    def verify_first(self) -> None:
        """10. The first report is counted again."""
        page = self.leader.page
        page.goto(f"{self.periods}/{HALF_YEAR}/reports/1")
        page.get_by_role("link", name="Count it again").click()
        expect(page.locator(".notice")).to_contain_text(told("every figure is the same"))

    def named(self, alias: str) -> str:
        return f"{alias} {self.mark}".strip()

    def figures_are(self, expected: str) -> None:
        """The leader reads the five figures of `FIGURES`."""
        found = self.leader.figures(self.contract)
        assert ", ".join(str(int(found[one])) for one in FIGURES) == told(expected)


def save(page: Page) -> None:
    page.locator(".actions .btn-primary").click()


def press(page: Page, button: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).click()


def choose_contract(page: Page, contract: str) -> None:
    """The chip of the contract, or the list of all of them."""
    chip = page.locator("#contract .chip", has=page.locator(f"[value='{contract}']"))
    if chip.count():
        chip.click()
        return
    page.locator("#contract .chip", has=page.locator("[value=other]")).click()
    page.locator("#contract_id").select_option(contract)
