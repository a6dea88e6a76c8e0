"""Which servers the tests take: those the environment names, else containers, else this machine's."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from shared.testing import containers, kafka, postgres
from shared.testing.kafka import NoKafka, running_kafka
from shared.testing.postgres import NoPostgres, running_postgres

Running = Callable[[], AbstractContextManager[str]]
BOTH = pytest.mark.parametrize(
    ("running", "variable", "missing"),
    [
        pytest.param(running_postgres, postgres.ADDRESS_VARIABLE, NoPostgres, id="postgres"),
        pytest.param(running_kafka, kafka.ADDRESS_VARIABLE, NoKafka, id="kafka"),
    ],
)


@pytest.fixture(autouse=True)
def no_docker(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Docker is looked for where there is none."""
    for variable in (postgres.ADDRESS_VARIABLE, kafka.ADDRESS_VARIABLE, containers.CHOICE):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/nobody.sock")


@BOTH
def test_an_address_in_the_environment_comes_first(
    running: Running, variable: str, missing: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "elsewhere:1")
    with running() as address:
        assert address == "elsewhere:1"


@BOTH
def test_who_wants_containers_alone_is_told_why_there_are_none(
    running: Running, variable: str, missing: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(containers.CHOICE, "containers")
    with pytest.raises(missing, match="in a container: Docker does not answer"), running():
        pass


def test_a_container_is_of_the_image_that_a_cluster_runs() -> None:
    compose = (Path(containers.__file__).parents[2] / "docker-compose.yml").read_text(encoding="utf-8")
    for image in (containers.POSTGRES, containers.KAFKA):
        assert f"image: {image}\n" in compose
