"""What the imports of all three recording services have in common: the columns of an occasion, and who is meant."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.auth.identity import Identity
from shared.errors import FieldError, Invalid, Unavailable
from shared.importing.cells import clock, day, length, several, short, text, whole
from shared.importing.kinds import Column, Values, coded
from shared.service import Service
from shared.serviceunit import codes
from shared.web.asking import ask

REASON = "new_information"
"""Why an entry is corrected whose row has changed."""
REGULAR = frozenset({"regular", "恆常服務", "恒常服務"})

ON = Column(
    name="occurred_on", label=("Date", "日期"), parse=day, required=True, example="2021-05-28", also=("服務日期", "day")
)
TIMES = (
    Column(name="starts_at", label=("Start", "開始時間"), parse=clock, example="14:30", also=("time", "時間")),
    Column(name="ends_at", label=("End", "結束時間"), parse=clock, example="15:30"),
    Column(
        name="minutes",
        label=("Length in minutes", "時長（分鐘）"),
        parse=length,
        example="60",
        also=("minutes", "時長", "分鐘"),
    ),
)
CONTRACT = Column(name="contract", label=("Contract", "服務合約"), example="kachi-2", also=("contract_id", "計劃"))
WORKERS = Column(
    name="workers",
    label=("Workers (user names)", "同工（用戶名稱）"),
    parse=several,
    example="chan.yee",
    also=("worker", "同工"),
)
MODE = coded("mode", ("Mode", "形式"), codes.MODES, example="in_person")
SETTING = coded("setting", ("Setting", "場景"), codes.SETTINGS, example="centre")
ACTIVITY = coded("activity", ("Activity", "活動類別"), codes.ACTIVITIES, example="follow_up")
UNIDENTIFIED = Column(
    name="unidentified_count", label=("People without a record", "未登記人數"), parse=whole, example="0"
)
NOTE = Column(name="note", label=("Note", "備註"), parse=text, also=("notes", "內容"))
NUMBER = Column(
    name="client_number",
    label=("Client number", "服務使用者編號"),
    parse=short,
    required=True,
    example="P00001",
    also=("會員編號",),
)
PEOPLE = Column(
    name="people",
    label=("Client numbers of those present", "出席者編號"),
    parse=several,
    example="P00001; P00002",
    also=("participants", "client number", "服務使用者編號"),
)


def usernames(service: Service, who: Identity) -> dict[str, str]:
    """The accounts of the agency by user name."""
    return {one.username: one.account_id for one in service.accounts.list_accounts(who.agency_id)}


def workers_of(values: Values, known: Mapping[str, str]) -> list[str]:
    """The accounts that a row names; raises for one that nobody has."""
    named = [name.lower() for name in values["workers"]]
    unknown = [name for name in named if name not in known]
    if unknown:
        said = {"value": unknown[0][:40]}
        raise Invalid.of([FieldError("workers", "worker_unknown", "Nobody here has the user name “%(value)s”.", said)])
    return [known[name] for name in named]


def person_of(number: str, known: Mapping[str, str], column: str) -> str:
    """Who has this client number; nobody is ever matched by name."""
    if number not in known:
        error = FieldError(
            column,
            "number_unknown",
            "Nobody registered here has the number “%(value)s”. Register them first, or correct the number.",
            {"value": number[:40]},
        )
        raise Invalid.of([error])
    return known[number]


def occasion(values: Values, known: Mapping[str, Any]) -> dict[str, Any]:
    """What a row says of any occasion, as the API would be sent it; what it leaves empty is left out."""
    asked: dict[str, Any] = {"occurred_on": values["occurred_on"].isoformat()}
    for name in ("starts_at", "ends_at"):
        if values[name] is not None:
            asked[name] = values[name].strftime("%H:%M")
    for name in ("minutes", "mode", "setting", "activity", "unidentified_count", "status"):
        if values.get(name) is not None:
            asked[name] = values[name]
    if values["workers"]:
        asked["served_by"] = workers_of(values, known["workers"])
    if values["contract"]:
        asked["contract_id"] = None if values["contract"] in REGULAR else values["contract"]
    if values.get("note"):
        asked["note"] = values["note"]
    return asked


def named_in(rows: Sequence[Values], name: str) -> list[str]:
    """What the rows of a step name in one column, each once."""
    found: dict[str, None] = {}
    for row in rows:
        value = row.get(name)
        found |= dict.fromkeys(value if isinstance(value, tuple) else [value] if value else [])
    return list(found)


PATHS: Mapping[str, str] = {
    "contract_id": "contract",
    "segments": "contract",
    "served_by": "workers",
    "participants": "people",
}


def numbered_elsewhere(numbers: Sequence[str]) -> dict[str, str]:
    """Whom these client numbers belong to, asked of the service that keeps the registry; no names come with it."""
    if not numbers:
        return {}
    found: dict[str, str] = {}
    for at in range(0, len(numbers), 1000):
        answer = ask("/case/api/v1/people/numbers", {"numbers": list(numbers[at : at + 1000])})
        if answer is None:
            raise Unavailable("registry_away", "The registry of people does not answer now. Try again in a moment.")
        found |= answer["people"]
    return found
