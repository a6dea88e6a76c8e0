"""What somebody who leaves still has to hand over, as the services that hold it say."""

from shared.auth.accounts import Accounts
from shared.auth.identity import Identity
from shared.auth.roles import RECORDERS
from shared.errors import RuleBroken
from shared.web.asking import ask

CASES = "/case/api/v1/handover/left"
PLANS = tuple(f"/{name}/api/v1/handover/planned" for name in ("case", "groups", "outreach"))


def left_to_hand_over(account_id: str) -> int | None:
    """Return how many cases this account is responsible for and how much it has planned beside them, in all; None when
    that cannot be found out."""
    answers = [ask(path, {"worker_id": account_id}) for path in (CASES, *PLANS)]
    return sum(_left(answer) for answer in answers if answer) if None not in answers else None


def close_account(accounts: Accounts, who: Identity, account_id: str) -> None:
    """Close an account. Raises `RuleBroken` while it is responsible for something, or while nobody knows."""
    account = accounts.account(who.agency_id, account_id)
    if account.role in RECORDERS and account_id != who.account_id:
        _require_nothing_left(account_id)
    accounts.disable(account_id, agency_id=who.agency_id, by=who.account_id)


def _require_nothing_left(account_id: str) -> None:
    left = left_to_hand_over(account_id)
    if left is None:
        raise RuleBroken(
            "handover_unknown", "Whether something is left to hand over cannot be found out just now. Please try again."
        )
    if left:
        raise RuleBroken("not_handed_over", "There are still cases or planned entries to hand over.")


def _left(answer: dict[str, int | list[object]]) -> int:
    cases, plans = answer.get("left", 0), answer.get("items", [])
    return (cases if isinstance(cases, int) else 0) + (len(plans) if isinstance(plans, list) else 0)
