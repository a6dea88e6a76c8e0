"""All services in this process, and people who work with them."""

import pytest

from services.operations.postgres import run_tool
from services.operations.refusal import Refused
from shared.testing.plugin import missing
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


@pytest.fixture
def postgres_programs(postgres_url: str) -> None:
    """PostgreSQL's own programs; skipped by name where there are none, or older ones than the server."""
    try:
        run_tool("pg_dump", postgres_url, "--schema-only", "--file=/dev/null")
    except Refused as reason:
        missing(str(reason))
