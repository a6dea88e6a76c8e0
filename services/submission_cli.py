"""The commands about reports that were sent to funders."""

import click

from services.command_line import out
from shared.errors import NotFound
from shared.settings import load_settings


@click.group()
def submission() -> None:
    """Reports that were sent to funders."""


@submission.command("verify")
@click.argument("contract_id", metavar="CONTRACT", required=False)
@click.option("--agency", help="The agency's id, where several have a contract of that name.")
def submission_verify(contract_id: str | None, agency: str | None) -> None:
    """Count every report that was sent (or those of CONTRACT) again from the ledger; fails when one is not the same.

    What was recorded, corrected or merged since does not matter: each is counted at its cut, by its definition.
    """
    from services.cluster import opened
    from services.reporting.submissions.queries import contracts_reported
    from services.reporting.submissions.verification import verify_reports
    from shared import logs

    logs.configure("WARNING")
    checked, differing = 0, 0
    with opened("reporting", load_settings()) as process:
        with process.service.database.read() as connection:
            contracts = contracts_reported(connection, agency, contract_id)
        if contract_id is not None and not contracts:
            raise NotFound(
                "report_not_found", "No report of the contract “%(contract)s” was ever locked.", contract=contract_id
            )
        for agency_id, name in contracts:
            for one in verify_reports(process.service, agency_id, name):
                checked, differing = checked + 1, differing + bool(one.differences)
                last_day, number = one.report.period.last.isoformat(), one.report.sent.number
                for difference in one.differences:
                    click.echo(f"{name} {last_day}/{number} {difference}")
    if differing:
        raise click.ClickException(f"{differing:,} of {checked:,} reports are not counted again as they were sent.")
    out.print(f"All {checked:,} reports are counted again as they were sent.")


COMMANDS = (submission,)
