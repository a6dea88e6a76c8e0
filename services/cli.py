"""The `caseledger` command: serve, the demo, contracts and figures, rebuild and verify, accounts."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click
from environs import EnvError
from rich.table import Column, Table

from services.cluster_cli import COMMANDS as CLUSTER_COMMANDS
from services.command_line import out, progress_bar
from services.import_cli import import_file
from services.operations_cli import COMMANDS as OPERATIONS
from services.rebuild_cli import COMMANDS as REBUILD_COMMANDS
from services.schedule_cli import COMMANDS as SCHEDULE_COMMANDS
from services.submission_cli import COMMANDS as SUBMISSION_COMMANDS
from shared.errors import CaseledgerError, NotFound
from shared.privacy.keys import MasterKeyError
from shared.settings import Settings, load_settings, mark_as_demo

if TYPE_CHECKING:
    from services.reporting.exports.audience import Audience
    from services.reporting.exports.words import Language
    from services.suite import Suite
    from shared.eventstore import CommandMeta

# What a command alone needs is imported in it: `caseledger --help` must not wait for a database or SciPy.


class Commands(click.Group):
    """Turns the errors a person can meet into one clear line each."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except EnvError as error:
            raise click.ClickException(str(error)) from error
        except (CaseledgerError, MasterKeyError) as error:
            fields = [(one.path or "(document)", one.message % one.params) for one in getattr(error, "fields", [])]
            lines = [f"  {path}: {message}" for path, message in fields if message != str(error)]
            raise click.ClickException("\n".join([str(error), *lines])) from error


@click.group(cls=Commands)
def main() -> None:
    """Caseledger: a session is logged once, and every funder figure follows from it."""


for command in (
    *CLUSTER_COMMANDS,
    *OPERATIONS,
    *REBUILD_COMMANDS,
    *SCHEDULE_COMMANDS,
    *SUBMISSION_COMMANDS,
    import_file,
):
    main.add_command(command)


@main.command()
@click.option("--demo", is_flag=True, help="Make a new data directory a demo, and load the demo into it, once.")
def serve(demo: bool) -> None:
    """Serve all four services at one address."""
    from shared.web.server import Server

    if demo:
        mark_as_demo()
    settings = load_settings()
    if settings.kafka is not None:
        raise click.UsageError("With CASELEDGER_BUS each service has processes of its own: web, relay and consume.")
    first_start = not (settings.data / "auth.db").exists()
    running = Running(settings)

    def ready() -> None:
        out.print(f"Caseledger is at [bold]{address(settings)}[/bold] (Ctrl-C stops it)")
        if demo:
            # A process of its own, which the server's parent outlives: it loads over HTTP like any other client.
            subprocess.Popen([sys.executable, "-m", "services.cli", "demo", "--into", address(settings)])  # noqa: S603
        elif first_start:
            out.print("The first page asks for the set-up code in the file setup-code of the data directory.")

    Server(settings, running.load, stop=running.stop, ready=ready).run()


class Running:
    """The suite in the worker of the HTTP server: made there, and closed there."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._suite: Suite | None = None

    def load(self) -> Callable[[dict[str, Any], Any], Any]:
        """Make the suite and start what moves events; called after the fork."""
        from services.suite import build

        self._suite = build(self._settings)
        assert self._suite.apps, "made before the first request"
        self._suite.background.start()
        return self._suite.app

    def stop(self) -> None:
        """Finish what is in hand."""
        if self._suite is not None:
            self._suite.close()


def address(settings: Settings) -> str:
    """Where people find the server."""
    return f"http://{settings.host}:{settings.port}"


@main.command()
@click.option("--into", metavar="URL", help="Load into a server that runs, instead of starting one for it.")
def demo(into: str | None) -> None:
    """Load the demo through the public API, once: 家持II, a running contract, a second agency."""
    from deploy.demo.loader import is_loaded, load_demo
    from deploy.demo.staff import PASSWORD, STAFF

    mark_as_demo()
    settings = load_settings()
    with server_for_demo(settings, into) as url:
        if not is_loaded(settings.data):
            with progress_bar("Loading the demo") as moved:
                load_demo(url, settings.data, moved)
    table = Table("user name", "name", "role", title=f"Sign-ins of the demo (password: {PASSWORD})")
    for member in STAFF:
        table.add_row(member.username, member.display_name, member.role.replace("_", " "))
    out.print(table)
    out.print(f"Caseledger is at [bold]{into}[/bold]" if into else f"The demo is in {settings.data}.")


@contextmanager
def server_for_demo(settings: Settings, into: str | None) -> Iterator[str]:
    """The address of the server that takes the demo in; one started here ends with the block."""
    if into is not None:
        yield into
        return
    from deploy.demo.loader import wait_until_ready

    quiet = {"CASELEDGER_LOG_LEVEL": "WARNING", **os.environ}
    process = subprocess.Popen([sys.executable, "-m", "services.cli", "serve"], env=quiet)
    try:
        wait_until_ready(address(settings))
        yield address(settings)
    finally:
        process.terminate()
        process.wait()


@main.group()
def contract() -> None:
    """Contracts are YAML documents."""


@contract.command("add")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--agency", help="The agency's id, where there are several.")
def contract_add(file: Path, agency: str | None) -> None:
    """Register the contract in FILE, or a new version of it."""
    from services.reporting.contracts.handlers import document_of, put_contract

    try:
        document = document_of({"yaml": file.read_text(encoding="utf-8-sig")})
    except UnicodeDecodeError as error:
        raise click.BadParameter("This file is not text in UTF-8.", param_hint="FILE") from error
    with opened() as suite:
        outcome = put_contract(suite.services["reporting"], operator(the_agency(suite, agency)), document)
    out.print(f"Saved as version {outcome.version}.")


def operator(agency_id: str) -> "CommandMeta":
    """Who commands from the terminal: the operator of this installation, each time with a key of its own."""
    from shared.eventstore import CommandMeta
    from shared.ids import new_id

    key = new_id("command")
    return CommandMeta(agency_id, "operator", key, key.encode(), key)


@main.command()
@click.argument("contract_id", metavar="CONTRACT")
@click.option("--as-of", metavar="DATE", type=click.DateTime(["%Y-%m-%d"]), help="As known at the end of that day.")
@click.option("--cut", help="As of a cut, for example case:10,groups:4,outreach:2,reporting:3.")
@click.option(
    "--format",
    "shape",
    type=click.Choice(["table", "json", "csv", "xlsx", "docx", "pdf"]),
    default="table",
    show_default=True,
)
@click.option("--language", type=click.Choice(["zh-Hant", "en"]), default="zh-Hant", show_default=True)
@click.option("--for", "audience", type=click.Choice(["funder", "staff"]), default="funder", show_default=True)
@click.option("--out", "file", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Write it there.")
@click.option("--fill", "form", metavar="XLSX", type=click.File("rb"), help="A spreadsheet with named cells to fill.")
@click.option("--agency", help="The agency's id, where several have a contract of that name.")
def report(
    contract_id: str,
    as_of: datetime | None,
    cut: str | None,
    shape: str,
    language: "Language",
    audience: "Audience",
    file: Path | None,
    form: BinaryIO | None,
    agency: str | None,
) -> None:
    """The figures of CONTRACT: now, as known on a date, or as of a cut. The same entries give the same file."""
    from services.reporting.exports.documents import document_of
    from services.reporting.exports.rendering import filled_form, render
    from services.reporting.figures.printing import as_table
    from services.reporting.figures.reports import Asked, contract_report

    asked = Asked(as_of=as_of.date() if as_of else None, cut=cut)
    with opened() as suite:
        service, agency_id = suite.services["reporting"], agency_of(suite, contract_id, agency)
        if shape == "table" and form is None:
            out.print(as_table(contract_report(service, agency_id, contract_id, asked)))
            return
        with suite.apps["reporting"].app_context():
            shows_sessions = audience == "staff" and shape == "xlsx"
            document = document_of(service, agency_id, contract_id, asked, with_evidence=shows_sessions)
    if form is not None:
        made = filled_form(document, language, form.read())
    else:
        made = render(document, shape, language, audience=audience)
    if file is not None:
        file.write_bytes(made)
    elif form is None and shape in ("json", "csv"):
        click.echo(made, nl=False)
    else:
        raise click.UsageError("Say with --out into which file.")


@main.command()
@click.argument("figure", metavar="CONTRACT/INDICATOR/MEASURE")
@click.option("--agency", help="The agency's id, where several have a contract of that name.")
def sessions(figure: str, agency: str | None) -> None:
    """The sessions (or cases, pairs of tests, answers) behind a figure, for example kachi-2/output-1/attendances."""
    from services.reporting.figures.printing import behind_as_table
    from services.reporting.figures.queries import figure_behind

    parts = figure.split("/")
    if len(parts) != 3:
        raise click.BadParameter("Write it as CONTRACT/INDICATOR/MEASURE.")
    with opened() as suite:
        agency_id = agency_of(suite, parts[0], agency)
        behind = figure_behind(suite.services["reporting"], agency_id, parts[0], parts[1], parts[2])
    out.print(behind_as_table(figure, behind.values, part=behind.part))


@main.group()
def accounts() -> None:
    """Agencies, teams and accounts, for the operator of this installation."""


@accounts.command("list")
def accounts_list() -> None:
    """Every agency with its teams and accounts."""
    with opened() as suite:
        table = Table("agency", Column("account", overflow="fold"), "user name", "role", "teams", "")
        for agency_id, name in suite.accounts.list_agencies():
            teams = {team.team_id: team.name for team in suite.accounts.list_teams(agency_id)}
            for one in suite.accounts.list_accounts(agency_id):
                names = ", ".join(teams[team_id] for team_id in one.team_ids)
                state = "disabled" if one.disabled else ""
                table.add_row(f"{name} ({agency_id})", one.account_id, one.username, one.role, names, state)
    out.print(table)


@accounts.command("found")
@click.option("--agency", required=True, help="The agency's name.")
@click.option("--team", required=True, help="Its first team.")
@click.option("--username", required=True, help="The administrator's user name.")
@click.option("--name", required=True, help="The administrator's name.")
@click.password_option()
def accounts_found(agency: str, team: str, username: str, name: str, password: str) -> None:
    """Make an agency with its first team and administrator."""
    from shared.auth.accounts import Founding

    founding = Founding(agency=agency, team=team, username=username, display_name=name, password=password)
    with opened() as suite:
        founded = suite.accounts.found_agency(founding)
    out.print(f"Founded: {founded}")


@accounts.command("password")
@click.argument("account_id")
@click.password_option()
def accounts_password(account_id: str, password: str) -> None:
    """Give an account a new password and end its sessions."""
    with opened() as suite:
        suite.accounts.set_password(account_id, password)
    out.print("The password was changed.")


@accounts.command("disable")
@click.argument("account_id")
def accounts_disable(account_id: str) -> None:
    """Close an account to sign-in; its history stays."""
    with opened() as suite:
        suite.accounts.disable(account_id)
    out.print("The account was disabled.")


@contextmanager
def opened() -> "Iterator[Suite]":
    """The suite of this data directory, not served: for commands that read or write beside a running server."""
    from services.suite import build
    from shared import logs

    settings = load_settings()
    logs.configure("WARNING")
    suite = build(settings)
    try:
        yield suite
    finally:
        suite.close()


def the_agency(suite: "Suite", named: str | None = None) -> str:
    """The agency that was named, else the only one there is."""
    agencies = [agency_id for agency_id, _ in suite.accounts.list_agencies()]
    known = ", ".join(agencies) or "none yet"
    if named is not None and named not in agencies:
        raise click.UsageError(f"There is no agency “{named}”. There are: {known}.")
    if named is None and len(agencies) != 1:
        raise click.UsageError(f"Name one with --agency. There are: {known}.")
    return named or agencies[0]


def agency_of(suite: "Suite", contract_id: str, named: str | None = None) -> str:
    """The agency that was named, else the one whose contract this is."""
    from services.reporting.contracts.queries import agencies_of

    if named is not None:
        return the_agency(suite, named)
    with suite.services["reporting"].database.read() as connection:
        found = agencies_of(connection, contract_id)
    if not found:
        raise NotFound("contract_not_found", "There is no contract “%(contract)s”.", contract=contract_id)
    if len(found) > 1:
        raise click.UsageError(f"Several agencies have it; name one with --agency: {', '.join(found)}.")
    return found[0]


if __name__ == "__main__":
    main()
