"""Who works in the demo: two agencies, their teams and accounts, and the one password they all sign in with."""

from dataclasses import dataclass
from typing import Literal

PASSWORD = "family-light-2018"  # noqa: S105 - a demo holds no secret; the sign-in page of a demo shows it

AGENCY = "agency-companions"
SECOND_AGENCY = "agency-harbour"
FAMILY_TEAM = "team-families"
OUTREACH_TEAM = "team-outreach"
HARBOUR_TEAM = "team-harbour"

Role = Literal["assistant", "worker", "team_leader", "agency_admin", "funder"]


@dataclass(frozen=True, slots=True)
class Agency:
    agency_id: str
    name: str
    teams: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Member:
    """One account; its id is `account-<user name>`."""

    username: str
    display_name: str
    role: Role
    agency_id: str = AGENCY
    team_ids: tuple[str, ...] = ()
    contract_ids: tuple[str, ...] = ()
    language: str = "zh_Hant_HK"

    @property
    def account_id(self) -> str:
        return f"account-{self.username}"


AGENCIES = (
    Agency(AGENCY, "同行社區服務（示範）", ((FAMILY_TEAM, "家庭支援隊"), (OUTREACH_TEAM, "外展隊"))),
    Agency(SECOND_AGENCY, "港灣服務社（示範）", ((HARBOUR_TEAM, "港灣隊"),)),
)

FAMILY_WORKERS = ("worker1", "worker2", "worker3", "worker4")
OUTREACH_WORKERS = ("worker5", "worker6", "worker7")

STAFF = (
    Member("admin", "方主任", "agency_admin"),
    Member("leader1", "沈隊長", "team_leader", team_ids=(FAMILY_TEAM,)),
    Member("leader2", "簡隊長", "team_leader", team_ids=(OUTREACH_TEAM,)),
    Member("worker1", "歐陽姑娘", "worker", team_ids=(FAMILY_TEAM,)),
    Member("worker2", "龐姑娘", "worker", team_ids=(FAMILY_TEAM,)),
    Member("worker3", "湯先生", "worker", team_ids=(FAMILY_TEAM,)),
    Member("worker4", "Winnie Sit", "worker", team_ids=(FAMILY_TEAM,), language="en"),
    Member("worker5", "岑先生", "worker", team_ids=(OUTREACH_TEAM,)),
    Member("worker6", "駱姑娘", "worker", team_ids=(OUTREACH_TEAM,)),
    Member("worker7", "甄先生", "worker", team_ids=(OUTREACH_TEAM,)),
    Member("assistant", "倪姑娘", "assistant", team_ids=(FAMILY_TEAM, OUTREACH_TEAM)),
    Member("funder", "禁毒基金秘書處（示範）", "funder", contract_ids=("kachi-2", "running")),
    Member("harbour-admin", "雷主任", "agency_admin", SECOND_AGENCY),
    Member("harbour-leader", "尹隊長", "team_leader", SECOND_AGENCY, (HARBOUR_TEAM,)),
    Member("harbour-worker", "符姑娘", "worker", SECOND_AGENCY, (HARBOUR_TEAM,)),
    Member("harbour-funder", "社區基金（示範）", "funder", SECOND_AGENCY, contract_ids=("harbour",)),
)


def account_id(username: str) -> str:
    """Return the account id behind a demo user name."""
    return f"account-{username}"
