"""Contracts of other agencies that a funder's account may read: each named by the administrator of its own agency."""

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, select, update

from shared.auth.roles import ELSEWHERE
from shared.auth.tables import account
from shared.errors import Invalid, NotFound


def own_contracts(names: Iterable[str]) -> tuple[str, ...]:
    """Of the contracts an account names, those of its own agency."""
    return tuple(one for one in names if ELSEWHERE not in one)


def require_own(names: Iterable[str]) -> None:
    """Raise Invalid where an administrator names a contract of another agency."""
    names = tuple(names)
    if own_contracts(names) != names:
        raise Invalid("contract_elsewhere", "Only its own agency lets a contract be read.", field="contract_ids")


def contracts_after(named: Iterable[str], before: Iterable[str]) -> list[str]:
    """What an account may read when its own agency names these: what others let it read stays."""
    return sorted({*named, *(one for one in before if ELSEWHERE in one)})


def let_read(connection: Connection, agency_id: str, username: str, contract_ids: Collection[str]) -> None:
    """Let a funder with an account elsewhere read these contracts of an agency, and no others of it.

    Raises NotFound where no such funder has an account at another agency.
    """
    require_own(contract_ids)
    found = select(account.c.account_id, account.c.contract_ids).where(
        account.c.username == username.strip().lower(),
        account.c.role == "funder",
        account.c.agency_id != agency_id,
        account.c.disabled_at.is_(None),
    )
    row = connection.execute(found.with_for_update()).one_or_none()
    if row is None:
        raise NotFound("funder_not_found", "No funder has an account with this user name at another agency.")
    prefix = f"{agency_id}{ELSEWHERE}"
    kept = {one for one in row.contract_ids if not one.startswith(prefix)}
    names = sorted({*kept, *(f"{prefix}{one}" for one in contract_ids)})
    connection.execute(update(account).where(account.c.account_id == row.account_id).values(contract_ids=names))
