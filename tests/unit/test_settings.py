"""Settings come from the environment, and `.env.example` lists every one of them once."""

import base64
import re
from dataclasses import replace
from pathlib import Path

import pytest

import shared.settings
from shared.privacy.keys import MasterKeyError
from shared.settings import DATABASES, Settings, load_settings

ROOT = Path(shared.settings.__file__).parent.parent
KEY = base64.b64encode(bytes(32)).decode()
OTHER = base64.b64encode(bytes([1]) * 32).decode()


def listed() -> list[tuple[str, str]]:
    """The names and defaults that `.env.example` lists."""
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    return re.findall(r"^([A-Z_]+)=(.*)$", text, re.MULTILINE)


def read_in_code() -> list[str]:
    """The names that the loader reads."""
    source = Path(shared.settings.__file__).read_text(encoding="utf-8")
    names = re.findall(r'env\.\w+\(f?"([^"]+)"', source)
    return [
        name.replace("{name.upper()}", database.upper())
        for name in names
        for database in (DATABASES if "{" in name else ("",))
    ]


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No setting from outside, and a data directory of this test's own."""
    for name, _ in listed():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CASELEDGER_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def test_the_example_lists_every_setting_once_and_no_other() -> None:
    names = [name for name, _ in listed()]
    assert sorted(names) == sorted(read_in_code())
    assert len(set(names)) == len(names) == len(set(read_in_code()))


def test_the_example_shows_the_defaults(monkeypatch: pytest.MonkeyPatch, clean: Path) -> None:
    by_default = load_settings()
    for name, value in listed():
        if name != "CASELEDGER_DATA":
            monkeypatch.setenv(name, value)
    assert load_settings() == by_default
    monkeypatch.chdir(clean)
    monkeypatch.setenv("CASELEDGER_DATA", dict(listed())["CASELEDGER_DATA"])
    with_data = load_settings().data
    monkeypatch.delenv("CASELEDGER_DATA")
    assert load_settings().data == with_data == clean.resolve() / ".data"


def test_a_new_data_directory_gets_a_master_key_that_only_its_owner_reads(clean: Path) -> None:
    first = load_settings()
    assert (clean / "master.key").stat().st_mode & 0o777 == 0o600
    assert clean.stat().st_mode & 0o777 == 0o700
    assert load_settings() == first
    assert [len(key) for key in first.master_keys.values()] == [32]


def test_a_process_without_keys_makes_neither_a_directory_nor_a_key(clean: Path) -> None:
    settings = load_settings(keys=False)
    assert (settings.master_keys, settings.hash_key, settings.demo) == ({}, b"", False)
    assert not clean.exists()


def test_a_directory_with_data_but_no_key_stops_the_start_and_says_what_to_do(clean: Path) -> None:
    load_settings()
    (clean / "case.db").touch()
    (clean / "master.key").unlink()
    with pytest.raises(MasterKeyError, match=r"Put the file master\.key back"):
        load_settings()
    assert not (clean / "master.key").exists()


@pytest.mark.parametrize("value", ["a:short", "a:" + base64.b64encode(bytes(16)).decode(), "a", ",", f"a:{KEY}x"])
def test_a_master_key_that_is_none_is_refused_without_repeating_it(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("CASELEDGER_MASTER_KEYS", value)
    with pytest.raises(MasterKeyError) as refused:
        load_settings()
    secret = value.partition(":")[2]
    assert "CASELEDGER_MASTER_KEYS" in str(refused.value)
    assert not secret or secret not in str(refused.value)


def test_the_first_master_key_seals_and_the_last_one_keys_the_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    def loaded(value: str) -> Settings:
        monkeypatch.setenv("CASELEDGER_MASTER_KEYS", value)
        return load_settings()

    old, rotating, new = loaded(f"old:{KEY}"), loaded(f"new:{OTHER}, old:{KEY}"), loaded(f"new:{OTHER}")
    assert list(rotating.master_keys) == ["new", "old"]
    assert old.hash_key == rotating.hash_key != new.hash_key
    assert old.hash_key not in old.master_keys.values()


def test_databases_are_files_of_the_data_directory_unless_an_address_is_given(
    monkeypatch: pytest.MonkeyPatch, clean: Path
) -> None:
    monkeypatch.setenv("CASELEDGER_CASE_DATABASE", "postgresql+psycopg://host/case")
    settings = load_settings()
    assert settings.database_url("case") == "postgresql+psycopg://host/case"
    assert settings.database_url("groups") == f"sqlite:///{clean.resolve() / 'groups.db'}"
    assert replace(settings, database_urls={}).database_url("case").startswith("sqlite:///")


def test_the_bus_is_embedded_unless_brokers_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings().kafka is None
    monkeypatch.setenv("CASELEDGER_BUS", "one:9092, two:9092")
    kafka = load_settings().kafka
    assert kafka is not None
    assert kafka.servers == ("one:9092", "two:9092")
    options = kafka.options()
    assert options["security_protocol"] == "PLAINTEXT"
    assert options["sasl_mechanism"] is None


def test_brokers_may_want_encryption_and_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {
        "BUS": "one:9093",
        "KAFKA_SECURITY": "SASL_SSL",
        "KAFKA_CA": "ca.pem",
        "KAFKA_SASL_MECHANISM": "SCRAM-SHA-512",
        "KAFKA_USERNAME": "case",
        "KAFKA_PASSWORD": "open sesame",
    }
    for name, value in given.items():
        monkeypatch.setenv(f"CASELEDGER_{name}", value)
    kafka = load_settings().kafka
    assert kafka is not None
    assert "open sesame" not in repr(kafka)
    options = kafka.options()
    assert (options["security_protocol"], options["ssl_cafile"]) == ("SASL_SSL", "ca.pem")
    assert (options["sasl_mechanism"], options["sasl_plain_username"]) == ("SCRAM-SHA-512", "case")
    assert options["sasl_plain_password"] == "open sesame"
