"""All services in this process, and people who work with them."""

import pytest

from tests.api_client import Api, House
from tests.in_process import demo, founded, house, loaded_demo, own_demo, shared_directory
from tests.stories import add_contract, kachi

__all__ = ["demo", "founded", "house", "loaded_demo", "own_demo", "shared_directory"]


@pytest.fixture
def worker(house: House) -> Api:
    """A worker of the family team, in a house with the contract of 家持II (without its minimum length)."""
    add_contract(house.as_("admin"), kachi())
    return house.as_("worker1")


@pytest.fixture
def outreach(house: House, worker: Api) -> Api:
    """A worker of the outreach team in the same house."""
    return house.as_("worker5")
