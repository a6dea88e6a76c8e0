"""The commands about contracts and figures: what they print, and the one clear line when they cannot."""

import base64
import csv
from io import StringIO
from pathlib import Path

import click.testing
import pytest
import yaml

from deploy.demo.documents import document
from deploy.demo.staff import AGENCY
from services.cli import main
from shared.testing.settings import settings_in
from tests.in_process import copied

CONTRACT = {**document("kachi-2"), "contract": "families"}


@pytest.fixture
def run(founded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Run":
    """The command on a directory with two agencies, one of which has a contract."""
    directory = copied(founded, tmp_path / "data")
    key_id, key = next(iter(settings_in(directory).master_keys.items()))
    monkeypatch.setenv("CASELEDGER_DATA", str(directory))
    monkeypatch.setenv("CASELEDGER_MASTER_KEYS", f"{key_id}:{base64.b64encode(key).decode()}")
    file = tmp_path / "families.yaml"
    file.write_text(yaml.safe_dump(CONTRACT, allow_unicode=True), encoding="utf-8")
    run = Run()
    assert run("contract", "add", str(file), "--agency", AGENCY) == "Saved as version 1.\n"
    return run


class Run:
    def __call__(self, *words: str, fails: bool = False) -> str:
        result = click.testing.CliRunner().invoke(main, words)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert bool(result.exit_code) is fails, result.output
        return result.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["report", "nothing"], "There is no contract “nothing”."),
        (["report", "families", "--agency", "nobody"], "There is no agency “nobody”. There are: agency-"),
        (["report", "families", "--as-of", "2051-01-01"], "This date is in the future."),
        (["report", "families", "--as-of", "2001-01-01"], "This contract was registered later than that."),
        (["report", "families", "--as-of", "soon"], "'soon' does not match the format"),
        (["report", "families", "--cut", "case:1"], "A cut names one position of each service, such as"),
        (
            ["report", "families", "--cut", "case:9999,groups:1,outreach:1,reporting:1"],
            "lies ahead of what has arrived",
        ),
        (["sessions", "families/output-1"], "Write it as CONTRACT/INDICATOR/MEASURE."),
        (["sessions", "families/output-1/nothing"], "This contract has no such figure."),
    ],
)
def test_what_cannot_be_is_said_in_one_line(run: Run, words: list[str], said: str) -> None:
    printed = run(*words, fails=True)
    assert printed.count(said) == 1
    assert "Traceback" not in printed


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe", "This file is not text in UTF-8."),
        (b"a: [", "This is not readable YAML"),
        (b"just words", "(document): Write named fields here: contract, title"),
        (
            b"contract: families\ntitle: {en: A}\nperiod: {from: 2020-01-01, to: 2019-01-01}",
            "outputs: “outputs” is missing.",
        ),
    ],
)
def test_a_wrong_contract_is_refused_with_its_path(run: Run, tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_bytes(content)
    assert said in run("contract", "add", str(file), "--agency", AGENCY, fails=True)


def test_a_contract_is_not_registered_for_an_agency_that_is_not_there(run: Run, tmp_path: Path) -> None:
    assert "There is no agency “nobody”" in run(
        "contract", "add", str(tmp_path / "families.yaml"), "--agency", "nobody", fails=True
    )


def test_a_setting_that_is_no_number_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "eight")
    assert "PORT" in run("report", "families", fails=True)


@pytest.mark.parametrize("figure", ["output-1/attendances", "outcome-1/n", "outcome-4/satisfied"])
def test_every_figure_can_be_looked_behind(run: Run, figure: str) -> None:
    assert f"families/{figure}: 0" in run("sessions", f"families/{figure}")


def test_the_csv_holds_outputs_and_outcomes(run: Run) -> None:
    printed = run("report", "families", "--format", "csv", "--language", "en").removeprefix("\ufeff")
    codes = {row["Code"] for row in csv.DictReader(StringIO(printed))}
    assert {"output-5/supervision_hours", "outcome-1/improved", "outcome-4/satisfied"} <= codes


@pytest.mark.parametrize("shape", ["pdf", "docx", "xlsx", "csv", "json"])
def test_the_same_command_makes_the_same_file(run: Run, tmp_path: Path, shape: str) -> None:
    for name in ("first", "second"):
        run("report", "families", "--format", shape, "--for", "staff", "--out", str(tmp_path / name))
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()


def test_a_spreadsheet_goes_to_a_file_only(run: Run) -> None:
    assert "Say with --out into which file." in run("report", "families", "--format", "xlsx", fails=True)
