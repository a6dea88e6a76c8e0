"""The command that writes what is due, for a timer of the machine."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from services.command_line import out
from shared.settings import load_settings

if TYPE_CHECKING:
    from services.reporting.exports.words import Language


@click.command()
@click.option(
    "--out",
    "directory",
    required=True,
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to.",
)
@click.option("--month", metavar="YYYY-MM", help="Another month than the last one that is over.")
@click.option("--language", type=click.Choice(["zh-Hant", "en"]), default="zh-Hant", show_default=True)
def scheduled(directory: Path, month: str | None, language: "Language") -> None:
    """Write the reports due for the last month into DIR: the monthly return, and a report of each contract that ran.

    What is there already is left alone: told twice, it does nothing the second time. For example, in a crontab:
    `15 6 2 * * caseledger scheduled --out /srv/reports` on the second of each month.
    """
    from services.cluster import opened
    from services.reporting.returns.due import write_due
    from services.reporting.returns.queries import month_of
    from shared import logs
    from shared.clock import local_date
    from shared.errors import Invalid

    logs.configure("WARNING")
    written = 0
    with opened("reporting", load_settings()) as process, process.app().app_context():
        today = local_date(process.service.clock.now())
        due = month_of(month, today)
        if due.last >= today:
            raise Invalid("date_in_future", "This month is not over yet.", field="month")
        for agency_id, _ in process.service.accounts.list_agencies():
            for path in write_due(process.service, agency_id, due, directory, language):
                written += 1
                click.echo(path)
    out.print(f"{written} files written." if written else "Nothing is due.")


COMMANDS = (scheduled,)
