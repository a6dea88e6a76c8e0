"""`caseledger import`: sends a file to a running server, shows how far it is, what it found, and saves what is good."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from services.command_line import out, parts_bar
from shared.serviceunit.codes import FEEDS

SERVICE_OF = {
    "people": "case",
    "sessions": "case",
    "assessments": "case",
    "attendance": "groups",
    "practitioners": "groups",
    "visits": "outreach",
}
_SECONDS = 120
Moved = Callable[[str, int, int], None]


@click.command("import")
@click.argument("kind", type=click.Choice(list(FEEDS)))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--url", envvar="CASELEDGER_URL", default="http://127.0.0.1:8000", show_default=True, help="The server.")
@click.option("--token", envvar="CASELEDGER_TOKEN", required=True, help="The token of the feed, or CASELEDGER_TOKEN.")
@click.option("--dry-run", is_flag=True, help="Check every row and save nothing.")
@click.option("--doubtful", is_flag=True, help="Save doubtful rows too.")
@click.option("--override", is_flag=True, help="Save the good rows of a file of which more than a tenth is bad.")
@click.option("--language", type=click.Choice(["en", "zh"]), default="en", show_default=True)
def import_file(
    kind: str, file: Path, url: str, token: str, dry_run: bool, doubtful: bool, override: bool, language: str
) -> None:
    """Import FILE (XLSX, ODS or CSV) of KIND with the token of a feed.

    Ends with 1 when a row could not be taken; the same file sent again changes nothing.
    """
    feed = Feed(f"{url.rstrip('/')}/{SERVICE_OF[kind]}/api/v1/imports", token, language)
    with parts_bar() as moved:
        job = feed.go_on(feed.send(kind, file.read_bytes()), "Checking", moved)
        if job["state"] == "columns":
            feed.drop(job)
            known = ", ".join(one["name"] for one in job["columns"] if one["required"])
            raise click.ClickException(f"Not all columns were recognised. Needed are: {known}.")
        if not dry_run:
            asked = {"doubtful": doubtful, "override": override}
            job = feed.go_on(feed.ask("POST", f"/{job['import_id']}/accept", json=asked), "Saving", moved)
    rows = [one for state in ("bad", "doubt") for one in feed.rows(job, state)]
    if rows:
        out.print(_table(rows))
    out.print(", ".join(f"{count:,} {word}" for word, count in sorted(job["counts"].items())))
    if dry_run:
        feed.drop(job)
    if job["counts"].get("bad"):
        raise SystemExit(1)


class Feed:
    """The API of imports of one service, asked with a token."""

    def __init__(self, base: str, token: str, language: str) -> None:
        import requests

        self._base = base
        self._session = requests.Session()
        self._session.headers.update({"Authorization": f"Bearer {token}", "Accept-Language": language})

    def ask(self, method: str, path: str, **body: Any) -> Any:
        """What the API answers; what it refuses becomes one clear line."""
        import requests

        try:
            answer = self._session.request(method, self._base + path, timeout=_SECONDS, **body)
        except requests.RequestException as error:
            raise click.ClickException(f"The server does not answer: {type(error).__name__}.") from error
        if not answer.ok:
            told = answer.json() if "json" in answer.headers.get("Content-Type", "") else {}
            raise click.ClickException(str(told.get("detail", f"The server answers {answer.status_code}.")))
        return answer.json() if answer.content else None

    def send(self, kind: str, data: bytes) -> Any:
        """Send the file."""
        return self.ask("POST", f"/files/{kind}", data=data, headers={"Content-Type": "application/octet-stream"})

    def go_on(self, job: Any, part: str, moved: Moved) -> Any:
        """Ask for the next step until something is to be decided, or all is done."""
        while job["running"]:
            job = self.ask("POST", f"/{job['import_id']}/step")
            moved(part, job["done"], job["total"])
        return job

    def rows(self, job: Any, state: str) -> list[Any]:
        """All rows with one verdict."""
        found: list[Any] = []
        after = 0
        while after is not None:
            page = self.ask("GET", f"/{job['import_id']}/rows", params={"state": state, "after": after, "limit": 1000})
            found += page["items"]
            after = page["next"]
        return found

    def drop(self, job: Any) -> None:
        """Have the file forgotten."""
        self.ask("DELETE", f"/{job['import_id']}")


def _table(rows: list[Any]) -> Table:
    table = Table("row", "verdict", "column", "why, and what would be right")
    for one in sorted(rows, key=lambda row: int(row["row"])):
        for why in one["reasons"]:
            table.add_row(str(one["row"]), one["verdict"], why["label"] or "", why["message"])
    return table
