"""Servers for tests in containers, where Docker answers and the image is here or can be had.

`TESTCONTAINERS_RYUK_DISABLED=true` where the helper that clears up after a killed run cannot be had.
"""

import os
import secrets
import socket
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

POSTGRES = "postgres:17"
KAFKA = "apache/kafka:4.1.1"
CHOICE = "CASELEDGER_TEST_SERVERS"
"""`containers` or `machine` lets no other be taken; by default containers come first."""
_SOCKET = "unix:///var/run/docker.sock"
_START_SECONDS = 120.0
_TOLD = "/var/lib/kafka/address"
_WHEN_TOLD = (
    f"until [ -s {_TOLD} ]; do sleep 0.1; done;"
    f' export KAFKA_ADVERTISED_LISTENERS="PLAINTEXT://$(cat {_TOLD})"; exec /etc/kafka/docker/run'
)
_KAFKA_SETTINGS = {
    "NODE_ID": "1",
    "PROCESS_ROLES": "broker,controller",
    "LISTENERS": "PLAINTEXT://:9092,CONTROLLER://:9093",
    "LISTENER_SECURITY_PROTOCOL_MAP": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "CONTROLLER_LISTENER_NAMES": "CONTROLLER",
    "CONTROLLER_QUORUM_VOTERS": "1@localhost:9093",
    "LOG_DIRS": "/var/lib/kafka/data",
    "AUTO_CREATE_TOPICS_ENABLE": "false",
    "OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
    "OFFSETS_TOPIC_NUM_PARTITIONS": "4",
    "TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
    "TRANSACTION_STATE_LOG_MIN_ISR": "1",
    "GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
}


class NoContainer(RuntimeError):
    """There is no Docker here, or it has not got the image; the text says which."""


def may_use_machine() -> bool:
    """Say whether servers of this machine may be taken where containers cannot be had."""
    return os.environ.get(CHOICE) != "containers"


@contextmanager
def postgres_container(*, durable: bool) -> Iterator[str]:
    """Yield the address of a server whose user may do everything."""
    from sqlalchemy import URL

    password, fsync = secrets.token_hex(16), "on" if durable else "off"
    settings = {"fsync": fsync, "full_page_writes": fsync, "max_connections": "200", "shared_buffers": "64MB"}
    command = ["postgres", *(word for name, value in settings.items() for word in ("-c", f"{name}={value}"))]
    with _container(POSTGRES) as container:
        container.with_env("POSTGRES_PASSWORD", password).with_command(command).with_exposed_ports(5432).start()
        host, port = container.get_container_host_ip(), int(container.get_exposed_port(5432))
        address = URL.create("postgresql+psycopg", "postgres", password, host, port, "postgres")
        _wait_until(container, "pg_isready", "-q", "-h", "127.0.0.1", "-U", "postgres")
        yield address.render_as_string(hide_password=False)


@contextmanager
def kafka_container() -> Iterator[str]:
    """Yield the address of a broker: one node of Apache's own image, in KRaft mode.

    A broker tells its clients where to find it, and that is known only when its container runs; so it waits to be told.
    """
    with _container(KAFKA) as container:
        for name, value in _KAFKA_SETTINGS.items():
            container.with_env(f"KAFKA_{name}", value)
        container.with_command(["bash", "-c", _WHEN_TOLD]).with_exposed_ports(9092).start()
        address = f"{container.get_container_host_ip()}:{container.get_exposed_port(9092)}"
        container.copy_into_container(address.encode(), _TOLD)
        _wait_until(container, "bash", "-c", "</dev/tcp/127.0.0.1/9092")
        yield address


@contextmanager
def _container(image: str) -> Iterator[Any]:
    """Yield a container that the block configures and starts; it is gone after the block."""
    _have(image)
    from testcontainers.core.container import DockerContainer

    container = DockerContainer(image)
    try:
        yield container
    finally:
        container.stop()


def _have(image: str) -> None:
    """Raise NoContainer unless Docker answers and has the image, or gets it."""
    if os.environ.get(CHOICE) == "machine":
        raise NoContainer(f"{CHOICE}=machine")
    _ask_docker(os.environ.get("DOCKER_HOST") or _SOCKET)
    import docker
    from docker.errors import DockerException, ImageNotFound

    try:
        client = docker.from_env()
        try:
            client.images.get(image)
        except ImageNotFound:
            client.images.pull(image)
        finally:
            client.close()
    except DockerException as error:
        raise NoContainer(f"Docker has no {image}: {error}") from error


def _ask_docker(address: str) -> None:
    """Raise NoContainer where nobody listens; the library would leave an open socket behind."""
    if not address.startswith("unix://"):
        return
    with closing(socket.socket(socket.AF_UNIX)) as connection:
        try:
            connection.connect(address.removeprefix("unix://"))
        except OSError as error:
            raise NoContainer(f"Docker does not answer: {error}") from error


def _wait_until(container: Any, *command: str) -> None:
    """Wait until a command inside says that the server answers: outside, a port may be open before it does."""
    deadline = time.monotonic() + _START_SECONDS
    while container.exec(list(command)).exit_code != 0:
        if time.monotonic() > deadline:
            told, complaints = (part.decode(errors="replace")[-2000:] for part in container.get_logs())
            raise NoContainer(f"{container.image} did not start: {told}{complaints}")
        time.sleep(0.2)
