"""What a person keeps of filters: which part of an address is a choice, and whose it is."""

import pytest

from shared.auth.accounts import Accounts
from shared.auth.kept import LONGEST_NAME, MOST, chosen_address
from shared.errors import Invalid, NotFound
from tests.unit.auth.test_accounts import accounts, clock, database

__all__ = ["accounts", "clock", "database"]

FIGURE = "/reporting/contracts/kachi-2/figures/output-1/sessions"


@pytest.mark.parametrize(
    ("shown", "kept"),
    [
        ("/case/cases", "/case/cases"),
        ("/case/cases?", "/case/cases"),
        ("/case/cases?stage=open&all=1&after=C-7", "/case/cases?all=1&stage=open"),
        (f"{FIGURE}?month=2021-05&team=&page=3&people_page=2", f"{FIGURE}?month=2021-05"),
        ("/case/people?q=%E9%99%B3", "/case/people"),
    ],
)
def test_an_address_is_kept_without_pages_and_without_what_was_typed(shown: str, kept: str) -> None:
    assert chosen_address(shown) == kept == chosen_address(kept)


def test_what_is_kept_is_ones_own_one_of_a_name_on_a_page(accounts: Accounts) -> None:
    for month in ("2021-05", "2021-06"):
        accounts.filters.keep("account-worker", " 五月 ", f"{FIGURE}?month={month}&page=2")
    accounts.filters.keep("account-worker", "五月", "/case/cases?all=1")
    kept = accounts.filters.of("account-worker")
    assert [(one.name, one.path) for one in kept] == [("五月", FIGURE), ("五月", "/case/cases")]
    assert kept[0].address == f"{FIGURE}?month=2021-06"
    with pytest.raises(NotFound):
        accounts.filters.forget("account-leader", kept[0].filter_id)
    accounts.filters.forget("account-worker", kept[1].filter_id)
    assert (accounts.filters.of("account-worker"), accounts.filters.of("account-leader")) == (kept[:1], [])


@pytest.mark.parametrize(
    ("name", "address", "field"),
    [
        (" ", "/case/cases?all=1", "name"),
        ("x" * (LONGEST_NAME + 1), "/case/cases?all=1", "name"),
        ("All", "/case/cases?page=2", "address"),
        ("All", f"/case/cases?all={'1' * 1000}", "address"),
    ],
)
def test_what_cannot_be_kept_is_refused(accounts: Accounts, name: str, address: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        accounts.filters.keep("account-worker", name, address)
    assert refused.value.fields[0].path == field


def test_nobody_keeps_without_end(accounts: Accounts) -> None:
    for number in range(MOST):
        accounts.filters.keep("account-worker", str(number), "/case/cases?all=1")
    accounts.filters.keep("account-worker", "0", "/case/cases?stage=open")
    with pytest.raises(Invalid):
        accounts.filters.keep("account-worker", "one more", "/case/cases?all=1")
