"""What docker-compose.yml promises can be read off it, also where there is no Docker to run it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import shared.settings
from deploy.secrets import OWNERS, READERS, RELAYS
from shared.relay.grants import relay_role
from shared.settings import SERVICES

ROOT = Path(shared.settings.__file__).parent.parent
TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
FILE: dict[str, Any] = yaml.safe_load(TEXT)
PARTS: dict[str, dict[str, Any]] = FILE["services"]
JOBS = sorted(name for name, part in PARTS.items() if part["restart"] == "no")
RUNNING = sorted(set(PARTS) - set(JOBS))
OPEN_TO_OTHERS = {"proxy", "grafana"}
INSTANT = {"mark-demo", "secrets"}


def environment() -> Iterator[tuple[str, str, str]]:
    """What every part is given: part, name, value."""
    for part, each in PARTS.items():
        for name, value in each.get("environment", {}).items():
            yield part, name, str(value)


def documented() -> set[str]:
    """The settings that `.env.example` lists."""
    return set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))


def volumes(part: str) -> dict[str, str]:
    """Which volume or file is mounted where."""
    return {mount.split(":")[1]: mount.split(":")[0] for mount in PARTS[part].get("volumes", [])}


def test_every_setting_it_gives_or_takes_is_documented() -> None:
    given = {name for _, name, _ in environment() if name.startswith("CASELEDGER_")}
    taken = set(re.findall(r"\$\{([A-Z_]+)", TEXT + (ROOT / "deploy/proxy/https.yml").read_text(encoding="utf-8")))
    assert given
    assert given | taken <= documented()


def test_no_part_has_a_password_that_anybody_could_know() -> None:
    for part, name, value in environment():
        if re.search("PASSWORD|SECRET|TOKEN|CREDENTIAL", name) and not name.startswith("GF_"):
            assert name.endswith("_FILE"), (part, name)
        assert not re.search(r"://[^/@\s]+:[^/@\s]+@", value), (part, name)
    # Grafana lets everybody look and nobody in.
    grafana = PARTS["grafana"]["environment"]
    assert grafana["GF_AUTH_DISABLE_LOGIN_FORM"] == grafana["GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION"] == "true"
    assert (grafana["GF_AUTH_BASIC_ENABLED"], grafana["GF_AUTH_ANONYMOUS_ORG_ROLE"]) == ("false", "Viewer")


def test_images_are_pinned_and_the_broker_is_the_one_of_the_tests() -> None:
    images = {part["image"] for part in PARTS.values()} - {"caseledger"}
    images |= set(re.findall(r"^FROM (\S+)", (ROOT / "deploy/Dockerfile").read_text(encoding="utf-8"), re.MULTILINE))
    for image in images:
        assert re.fullmatch(r"[a-z/]+:v?\d[\w.-]*", image), image
    jars = re.search(r"<kafka\.version>(.+)</", (ROOT / "deploy/kafka/pom.xml").read_text(encoding="utf-8"))
    assert jars is not None
    assert PARTS["kafka"]["image"] == f"apache/kafka:{jars[1]}"


@pytest.mark.parametrize("part", PARTS)
def test_a_part_may_do_no_more_than_it_must(part: str) -> None:
    told = PARTS[part]
    assert told["cap_drop"] == ["ALL"]
    assert told["security_opt"] == ["no-new-privileges:true"]
    assert told["read_only"] is (part != "kafka")
    assert "privileged" not in told
    assert {"mem_limit", "pids_limit", "logging", "stop_grace_period"} <= set(told)
    assert ("ports" in told) == (part in OPEN_TO_OTHERS)
    for port in told.get("ports", []):
        assert port.startswith(("127.0.0.1:", "${CASELEDGER_HOST:-127.0.0.1}:"))
    if part not in OPEN_TO_OTHERS and part not in INSTANT:
        assert all(FILE["networks"][name]["internal"] for name in told["networks"])


def test_what_runs_on_tells_its_health_and_is_started_again() -> None:
    for part in RUNNING:
        assert "test" in PARTS[part]["healthcheck"], part
        assert PARTS[part]["restart"] == "unless-stopped", part


def test_who_waits_for_others_is_not_called_unhealthy_for_minutes() -> None:
    # `up --wait` fails at once on what is, although it recovers by itself when the others are back.
    for part in RUNNING:
        health = PARTS[part]["healthcheck"]
        if PARTS[part]["image"] == "caseledger":
            assert int(health["interval"].removesuffix("s")) * health["retries"] >= 300, part


def test_what_ends_is_waited_for_by_something_that_runs_on() -> None:
    # `up --wait` takes a part that ends for a failure, unless another one depends on its end.
    awaited = {
        name
        for part in PARTS.values()
        for name, how in part.get("depends_on", {}).items()
        if how["condition"] == "service_completed_successfully"
    }
    assert awaited == {job for job in JOBS if PARTS[job].get("profiles") != ["operator"]}


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_its_pages_its_relay_and_its_consumer_with_its_own_passwords_alone(service: str) -> None:
    for part, command in ((service, "web"), (f"consume-{service}", "consume"), (f"relay-{service}", "relay")):
        assert PARTS[part]["command"] == [command, service]
        reader = "relay" if command == "relay" else service
        mounted = volumes(part)
        assert PARTS[part]["environment"]["PGPASSFILE"] == f"/run/caseledger/{reader}/pgpass"
        secrets = {place.removeprefix("/run/caseledger/") for place in mounted if "/run/caseledger/" in place}
        assert secrets == ({"relay"} if command == "relay" else {"keys", service})
    assert set(READERS[service]) == {f"caseledger_{service}", "caseledger_auth"}


def test_a_relay_has_neither_a_key_nor_a_role_that_reads_what_is_sealed() -> None:
    for service in SERVICES:
        given = PARTS[f"relay-{service}"]["environment"]
        assert "CASELEDGER_MASTER_KEYS" not in given
        for name, value in given.items():
            if name.endswith("_DATABASE"):
                assert value.partition("://")[2].partition("@")[0] in RELAYS
    assert {relay_role(owner) for owner in OWNERS} - set(RELAYS) == {"caseledger_auth_relay"}


def test_every_volume_has_a_place_that_the_image_makes_for_its_account() -> None:
    dockerfile = (ROOT / "deploy/Dockerfile").read_text(encoding="utf-8")
    made = re.search(r"for name in ([a-z ]+); do", dockerfile)
    assert made is not None
    for part in PARTS:
        for place in volumes(part):
            if place.startswith("/run/caseledger/"):
                assert place.removeprefix("/run/caseledger/") in made[1].split()
    used = {source for part in PARTS for source in volumes(part).values() if not source.startswith("./")}
    assert used == set(FILE["volumes"])


def test_the_image_is_built_without_buildkit_and_runs_as_nobody_of_note() -> None:
    dockerfile = (ROOT / "deploy/Dockerfile").read_text(encoding="utf-8")
    assert not re.search(r"--mount|--chmod|--link|<<|^# *syntax", dockerfile, re.MULTILINE)
    assert re.findall(r"^USER (\S+)", dockerfile, re.MULTILINE) == ["10001:10001"]


def test_files_that_are_mounted_exist() -> None:
    for part in PARTS:
        for source in volumes(part).values():
            if source.startswith("./"):
                assert (ROOT / source).exists(), source


def test_monitoring_asks_every_process_and_asks_for_metrics_that_exist() -> None:
    monitoring = ROOT / "deploy/monitoring"
    told = yaml.safe_load((monitoring / "prometheus.yml").read_text(encoding="utf-8"))
    asked = {
        target.split(":")[0]
        for job in told["scrape_configs"]
        for config in job["static_configs"]
        for target in config["targets"]
    }
    assert asked == {f"{kind}{service}" for kind in ("", "relay-", "consume-") for service in SERVICES}
    board = json.loads((monitoring / "grafana/dashboards/caseledger.json").read_text(encoding="utf-8"))
    expressions = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    used = set(re.findall(r"\bcaseledger_\w+", (monitoring / "alerts.yml").read_text(encoding="utf-8")))
    used |= {name for each in expressions for name in re.findall(r"\bcaseledger_\w+", each)}
    sources = [path for folder in ("shared/health", "shared/web") for path in (ROOT / folder).glob("*.py")]
    code = "".join(path.read_text(encoding="utf-8") for path in sources)
    unknown = {name for name in used if f'"{re.sub("^caseledger_|_(total|bucket)$", "", name)}"' not in code}
    unknown = {name for name in unknown if f'"{re.sub("_(total|bucket)$", "", name)}"' not in code}
    assert unknown == set()
