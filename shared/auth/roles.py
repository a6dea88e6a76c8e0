"""The five roles, and the groups of roles that routes name."""

from typing import Literal

Role = Literal["assistant", "worker", "team_leader", "agency_admin", "funder"]

RECORDERS: tuple[Role, ...] = ("assistant", "worker", "team_leader", "agency_admin")
NOTE_READERS: tuple[Role, ...] = ("worker", "team_leader", "agency_admin")
LEADERS: tuple[Role, ...] = ("team_leader", "agency_admin")
ADMINS: tuple[Role, ...] = ("agency_admin",)
REPORT_READERS: tuple[Role, ...] = (*RECORDERS, "funder")
OVERSEERS: tuple[Role, ...] = (*LEADERS, "funder")
"""Who looks at many contracts at once."""
EVERYONE: tuple[Role, ...] = REPORT_READERS
"""Whoever is signed in."""

ELSEWHERE = "~"
"""Stands between an agency and its contract where the account of another agency's funder names it."""
