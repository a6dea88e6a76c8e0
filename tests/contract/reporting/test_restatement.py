"""Over random histories: every report ever sent verifies, and a restatement leads from any report to any later one."""

from collections.abc import Iterator
from itertools import combinations, count, pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from services.reporting.contracts.queries import contract_at
from services.reporting.ledger import inbox
from services.reporting.ledger.cuts import cut_now
from services.reporting.submissions import heads
from services.reporting.submissions.queries import periods_at, reports_before
from services.reporting.submissions.restating import End, restatement
from services.reporting.submissions.verification import verify_reports
from shared.service import Service
from shared.testing.people import AGENCY
from tests.contract.reporting.conftest import KACHI, Client, Others, family

_DAYS = ("2018-06-20", "2018-11-30", "2018-12-01", "2019-04-01", "2019-06-02", "2019-11-30")
_LAST_DAYS = ("2018-11-30", "2019-05-31", "2019-11-30")
_PEOPLE = some.lists(some.integers(0, 3), min_size=1, max_size=3, unique=True)
_DAY = some.sampled_from(_DAYS)
_STEPS = some.one_of(
    some.tuples(
        some.just("record"), some.sampled_from(["session", "meeting", "visit"]), _PEOPLE, _DAY, some.booleans()
    ),
    some.tuples(some.just("correct"), some.integers(0, 9), _PEOPLE, _DAY, some.booleans()),
    some.tuples(some.just("void"), some.integers(0, 9)),
    some.tuples(
        some.just("assess"), some.integers(0, 3), some.sampled_from(["pre", "post"]), _DAY, some.integers(0, 27)
    ),
    some.tuples(some.just("merge"), some.integers(0, 3), some.integers(0, 3)),
    some.tuples(some.just("unmerge"), some.integers(0, 3)),
    some.tuples(some.just("revise"), some.integers(1, 9)),
    some.tuples(some.just("report"), some.sampled_from(_LAST_DAYS)),
    some.tuples(some.just("retry")),
)
_number = count()


class History:
    """A contract of its own, and what happens to it, step by step."""

    def __init__(self, leader: Client, others: Others, monkeypatch: pytest.MonkeyPatch) -> None:
        self.name, self.leader, self.others, self.patch = f"history-{next(_number)}", leader, others, monkeypatch
        self.units: list[str] = []
        self.edges: list[tuple[str, str]] = []
        self.yaml = KACHI.replace("contract: kachi-2", f"contract: {self.name}")
        assert leader.post("/contracts", {"yaml": self.yaml}).status_code == 201

    def run(self, steps: list[tuple[Any, ...]]) -> None:
        for verb, *given_ in steps:
            getattr(self, verb)(*given_)

    def record(self, kind: str, people: list[int], day: str, parked: bool) -> None:
        self.units.append(f"{kind}-{self.name}-{len(self.units)}")
        self._write(self.units[-1], people, day, "Recorded", parked)

    def correct(self, index: int, people: list[int], day: str, parked: bool) -> None:
        if self.units:
            self._write(self.units[index % len(self.units)], people, day, "Corrected", parked)

    def _write(self, unit_id: str, people: list[int], day: str, verb: str, parked: bool) -> None:
        changes = {"reason": "attendance_wrong"} if verb == "Corrected" else {}
        with self.patch.context() as older:
            if parked:
                older.setitem(inbox.VERSIONS, f"ServiceUnit{verb}", 0)
            self.others.record(
                unit_id,
                family(*(f"person-{self.name}-{one}" for one in people)),
                verb,
                occurred_on=day,
                segments=[{"contract_id": self.name, "minutes": None}],
                **changes,
            )

    def void(self, index: int) -> None:
        if self.units:
            self.others.void(self.units.pop(index % len(self.units)))

    def assess(self, person: int, phase: str, day: str, total: int) -> None:
        name = f"assessment-{self.name}-{sum(self.others.positions.values())}"
        self.others.assess(name, f"person-{self.name}-{person}", phase, day, total, contract_id=self.name)

    def merge(self, one: int, into: int) -> None:
        edge = (f"person-{self.name}-{one}", f"person-{self.name}-{into}")
        if one != into and edge not in self.edges:
            self.edges.append(edge)
            self.others.merge(*edge)

    def unmerge(self, index: int) -> None:
        if self.edges:
            self.others.unmerge(*self.edges.pop(index % len(self.edges)))

    def revise(self, target: int) -> None:
        version = self.leader.get(f"/contracts/{self.name}").json["version"]
        changed = self.yaml.replace(
            "role: [family_member]}", f"setting: [centre, outreach], tag: [t{target}]}}", target % 3
        )
        self.leader.put(f"/contracts/{self.name}", {"yaml": changed}, version=version)

    def report(self, last_day: str) -> None:
        found = {one["to"]: one for one in self.leader.get(f"/contracts/{self.name}/periods").json["items"]}[last_day]
        path, version = f"/contracts/{self.name}/periods/{last_day}", found["version"]
        if found["locked"]:
            version = self.leader.post(f"{path}/reopen", {"reason": "other"}, version=version).json["version"]
        version = self.leader.post(f"{path}/lock", version=version).json["version"]
        for each in self.leader.get(f"/contracts/{self.name}/periods").json["items"]:
            self._confirm(each)
        assert self.leader.post(f"{path}/reports", version=version).status_code == 201

    def _confirm(self, period: dict[str, Any]) -> None:
        path = f"/contracts/{self.name}/periods/{period['to']}/late"
        if period["late_waiting"]:
            event_ids = [one["event_id"] for one in self.leader.get(path).json["items"]]
            body = {"event_ids": event_ids, "reason": "leave"}
            assert self.leader.post(path, body, version=period["version"]).status_code == 200

    def retry(self) -> None:
        self.others.service.intake.retry_parked()


def test_every_report_verifies_and_every_restatement_leads_to_its_end(
    leader: Client, others: Others, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heads, "ask", lambda path, _: {"position": others.positions.get(path.split("/")[1], 0)})

    @settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(steps=some.lists(_STEPS, min_size=4, max_size=16))
    def check(steps: list[tuple[Any, ...]]) -> None:
        history = History(leader, others, monkeypatch)
        history.run([*steps, ("retry",), ("report", _LAST_DAYS[0]), ("void", 0), ("report", _LAST_DAYS[1])])
        assert [one.differences for one in verify_reports(service, AGENCY, history.name) if one.differences] == []
        _check_restatements(service, history.name)

    check()


def _check_restatements(service: Service, contract_id: str) -> None:
    with service.database.read() as connection:
        found = contract_at(service.store, connection, AGENCY, contract_id)
        sent = reports_before(periods_at(service.store, connection, found))
        ends = [(End(cut=one.cut, period=one.period), one.sent.document) for one in sent]
        ends.append((End(cut=cut_now(connection), period=sent[-1].period), {}))
        for (first, was), (second, now) in combinations(ends, 2):
            for one in restatement(service.store, connection, AGENCY, contract_id, first, second):
                values = [one.was, *(step.before for step in one.steps), one.steps[-1].after]
                assert values[0] == values[1]
                assert all(step.after == following.before for step, following in pairwise(one.steps))
                assert values[-1] == one.now
            told = {one.name for one in restatement(service.store, connection, AGENCY, contract_id, first, second)}
            before, after = dict(_printed(was)), dict(_printed(now))
            assert {name for name in before if now and before[name] != after.get(name)} <= told


def _printed(document: dict[str, Any]) -> Iterator[tuple[tuple[str, str], Any]]:
    for one in document.get("outputs", ()):
        yield (one["indicator"], one["measure"]), one["actual"]
    for one in document.get("outcomes", ()):
        yield from (((one["indicator"], part), one[part]) for part in ("n", "improved", "worse") if part in one)
